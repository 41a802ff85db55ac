using System.Text.Json;

namespace PerfLog.Benchmarks.Clients;

/// <summary>
/// "client LIBRARY": the process of a client under test. Reads one piece of work a line from its input, a word and then JSON,
/// and answers each with a line of JSON, or with "failed: " and why.
/// </summary>
internal static class ClientWorker
{
    public const string Verb = "client";
    public const string Failed = "failed: ";

    public static async Task RunAsync(string library)
    {
        IMeasuredClients clients = Open(library);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            int space = line.IndexOf(' ');
            Console.WriteLine(await AnswerAsync(clients, line[..space], line[(space + 1)..]));
        }
    }

    private static IMeasuredClients Open(string library)
    {
        if (library == "perflog") return new PerfLogClients();
        if (library != "confluent") throw new UsageException($"There is no library '{library}': perflog, confluent.");
        ConfluentLibrary.Load();
        return new ConfluentClients();
    }

    private static async Task<string> AnswerAsync(IMeasuredClients clients, string kind, string work)
    {
        try
        {
            return kind switch
            {
                nameof(ProduceWork) => JsonSerializer.Serialize(await clients.ProduceAsync(Read<ProduceWork>(work))),
                nameof(ConsumeWork) => JsonSerializer.Serialize(await clients.ConsumeAsync(Read<ConsumeWork>(work))),
                nameof(LatencyWork) => JsonSerializer.Serialize(await clients.MeasureLatencyAsync(Read<LatencyWork>(work))),
                _ => $"{Failed}unknown work {kind}",
            };
        }
        catch (Exception failure)
        {
            return Failed + failure.Message.ReplaceLineEndings(" ");
        }
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json)!;
}
