using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Clients;

/// <summary>How many records a second a consumer reads and what one costs it, against Confluent.Kafka's.</summary>
internal static class ConsumeComparison
{
    private const double TypedGoal = 1.5;
    private const double RawGoal = 3;

    // Reading takes much less time than writing, and more records make a longer, steadier measurement.
    private const int RecordsPerProduced = 2;

    public static IEnumerable<Figure> Measure(Bench bench, int valueBytes)
    {
        using ClientPair pair = new(bench);
        foreach (int partitions in (int[])[1, 3])
        {
            foreach (Figure figure in Measure(pair, ClientLoad.Of(bench.Plan, valueBytes), partitions)) yield return figure;
        }
    }

    private static IEnumerable<Figure> Measure(ClientPair pair, ClientLoad produced, int partitions)
    {
        ClientLoad load = produced with { Records = produced.Records * RecordsPerProduced };
        string topic = Filled(pair, load, partitions);
        ConsumeWork Work(ConsumeWay way) => new()
        {
            Servers = pair.Servers, Topic = topic, Partitions = partitions, ValueBytes = load.ValueBytes, Records = load.Records, Way = way,
        };

        foreach ((ConsumeWay way, string what, double goal) in
            ((ConsumeWay, string, double)[])[(ConsumeWay.Typed, "typed records", TypedGoal), (ConsumeWay.Raw, "raw batches", RawGoal)])
        {
            string name = $"Consume, {what}, {load.Size}, {load.Partitions(partitions)}";
            var rounds = pair.Compare(name, client => client.Consume(Work(way)));
            yield return ClientPair.Figure(name, "records/s", rounds, cost => load.Records / cost.Seconds) with { Goal = Goal.RatioAtLeast(goal) };
            yield return ClientPair.Figure($"{name}: processor time of a record", "ns", rounds, cost => cost.CpuSeconds * 1e9 / load.Records);
            yield return ClientPair.Figure($"{name}: allocated for a record", "B", rounds, cost => (double)cost.AllocatedBytes / load.Records);
        }

        pair.CheckBoth(client => client.Consume(Work(ConsumeWay.Check)));
        pair.Topics.Remove(topic);
    }

    private static string Filled(ClientPair pair, ClientLoad load, int partitions)
    {
        string topic = pair.Topics.New(partitions);
        pair.Fill(new ProduceWork
        {
            Servers = pair.Servers, Topic = topic, ValueBytes = load.ValueBytes, Records = load.Records, WarmUpRecords = 0, AcksAll = false,
        });
        pair.Topics.RequireNumbers(topic, partitions, load.Records, load.ValueBytes);
        return topic;
    }
}
