using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Clients;

/// <summary>
/// How long a record takes from when it should have been sent to when a consumer has it, at steady rates, with producer and
/// consumer in one process.
/// </summary>
internal static class LatencyComparison
{
    private const int ValueBytes = 100;
    private const int SlowRate = 1_000;
    private const int FastRate = 50_000;
    private const int WarmUps = 5;
    private const double Goal = 1;

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        using ClientPair pair = new(bench);

        // At a thousand records a second it takes many seconds until the JIT compiler has done its work, on one of few processors.
        for (int i = 0; i < WarmUps; i++) pair.CheckBoth(client => Measure(pair, client, FastRate, FastRate));
        foreach (int rate in (int[])[SlowRate, FastRate])
        {
            int records = (int)(rate * bench.Plan.SteadySeconds);
            string name = $"From sending to reading, {ValueBytes} B, {rate:#,0} records/s";
            var rounds = pair.Compare(name, client => Measure(pair, client, rate, records), bench.Plan.LatencyRounds);
            yield return ClientPair.Figure($"{name}, p50", "µs", rounds, static latency => latency.P50) with { Goal = Measuring.Goal.RatioAtMost(Goal) };
            yield return ClientPair.Figure($"{name}, p99", "µs", rounds, static latency => latency.P99) with { Goal = Measuring.Goal.RatioAtMost(Goal) };
            yield return ClientPair.Figure(
                $"{name}: processor time of a record", "ns", rounds, latency => latency.CpuSeconds * 1e9 / (records * 1.25));
        }
    }

    private static ClientLatency Measure(ClientPair pair, ClientProcess client, int rate, int records)
    {
        string topic = pair.Topics.New(1);
        ClientLatency latency = client.MeasureLatency(new LatencyWork
        {
            Servers = pair.Servers, Topic = topic, ValueBytes = ValueBytes, RecordsPerSecond = rate, WarmUpRecords = records / 4, Records = records,
        });
        pair.Topics.Remove(topic);
        return latency;
    }
}
