using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Clients;

/// <summary>How many records a second a producer sends and what one costs it, against Confluent.Kafka's.</summary>
internal static class ProduceComparison
{
    private const double RateGoal = 1.5;
    private const double CpuGoal = 0.6;
    private const double AllocationGoal = 0.1;

    public static IEnumerable<Figure> Measure(Bench bench, int valueBytes)
    {
        using ClientPair pair = new(bench);
        ClientLoad load = ClientLoad.Of(bench.Plan, valueBytes);
        foreach (bool acksAll in (bool[])[false, true])
        {
            foreach (int partitions in (int[])[1, 3])
            {
                foreach (Figure figure in Measure(pair, load, partitions, acksAll)) yield return figure;
            }
        }
    }

    private static IEnumerable<Figure> Measure(ClientPair pair, ClientLoad load, int partitions, bool acksAll)
    {
        string name = $"Produce, {load.Size}, acks={(acksAll ? "all" : "1")}, {load.Partitions(partitions)}";
        var rounds = pair.Compare(name, client => Measure(pair, client, load, partitions, acksAll));
        yield return ClientPair.Figure(name, "records/s", rounds, cost => load.Records / cost.Seconds) with { Goal = Goal.RatioAtLeast(RateGoal) };
        yield return ClientPair.Figure($"{name}: processor time of a record", "ns", rounds, cost => cost.CpuSeconds * 1e9 / load.Records)
            with { Goal = Goal.RatioAtMost(CpuGoal) };
        yield return ClientPair.Figure($"{name}: allocated for a record", "B", rounds, cost => (double)cost.AllocatedBytes / load.Records)
            with { Goal = Goal.ValueAtMost(AllocationGoal) };
    }

    private static ClientCost Measure(ClientPair pair, ClientProcess client, ClientLoad load, int partitions, bool acksAll)
    {
        string topic = pair.Topics.New(partitions);
        ProduceWork work = new()
        {
            Servers = pair.Servers,
            Topic = topic,
            ValueBytes = load.ValueBytes,
            Records = load.Records,
            WarmUpRecords = ClientTuning.WarmUpRecords(load.ValueBytes),
            AcksAll = acksAll,
        };
        ClientCost cost = client.Produce(work);
        pair.Topics.RequireNumbers(topic, partitions, work.AllRecords, load.ValueBytes);
        pair.Topics.Remove(topic);
        return cost;
    }
}

/// <summary>How many records of a size one measurement sends or reads.</summary>
internal sealed record ClientLoad(int ValueBytes, int Records)
{
    public string Size => ValueBytes < 1024 ? $"{ValueBytes} B" : $"{ValueBytes / 1024} KiB";

    public long Bytes => (long)Records * ValueBytes;

    /// <summary>Small records are bound by their number, larger ones by their bytes.</summary>
    public static ClientLoad Of(MeasurementPlan plan, int valueBytes) =>
        new(valueBytes, (int)Math.Min(plan.ClientRecords, plan.TransferBytes / valueBytes));

    public string Partitions(int count) => count == 1 ? "1 partition" : $"{count} partitions";
}
