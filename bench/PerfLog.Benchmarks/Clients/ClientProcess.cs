using System.Diagnostics;
using System.Text.Json;

namespace PerfLog.Benchmarks.Clients;

/// <summary>A client under test in a process of its own, so that its processor time is nobody else's. Ended by disposing.</summary>
internal sealed class ClientProcess : IDisposable
{
    private readonly Process _process;

    public ClientProcess(string library)
    {
        Library = library;
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [ClientWorker.Verb, library])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
    }

    public string Library { get; }

    public ClientCost Produce(ProduceWork work) => Do<ProduceWork, ClientCost>(work);

    public ClientCost Consume(ConsumeWork work) => Do<ConsumeWork, ClientCost>(work);

    public ClientLatency MeasureLatency(LatencyWork work) => Do<LatencyWork, ClientLatency>(work);

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill();
        _process.Dispose();
    }

    private TResult Do<TWork, TResult>(TWork work)
    {
        _process.StandardInput.WriteLine($"{typeof(TWork).Name} {JsonSerializer.Serialize(work)}");
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The process of {Library} ended.");
        return answer.StartsWith(ClientWorker.Failed, StringComparison.Ordinal)
            ? throw new InvalidOperationException($"{Library}: {answer[ClientWorker.Failed.Length..]}")
            : JsonSerializer.Deserialize<TResult>(answer)!;
    }
}
