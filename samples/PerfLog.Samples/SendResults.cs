using PerfLog.Client.Producing;

namespace PerfLog.Samples;

/// <summary>The two ways to learn what became of a record: await it, or be called back.</summary>
internal static class SendResults
{
    public static async Task RunAsync(string servers)
    {
        await using Producer<string, string> producer = new(ProducerOptions.Safe(servers));
        try
        {
            RecordMetadata written = await producer.SendAsync("greetings", "awaited", "hello");
            Console.WriteLine($"{written.Topic}-{written.Partition} at {written.Offset}");
        }
        catch (ProduceException failure)
        {
            Console.Error.WriteLine(failure.Message);
        }

        // Completes as soon as the record is taken; awaiting it is what holds the sender back when memory is used up.
        await producer.Send(new ProducerRecord<string, string>("greetings", "called back", "hello"), static report =>
            Console.WriteLine(report.Failure?.Message ?? $"written at {report.Metadata.Offset}"));
        await producer.FlushAsync();
    }
}
