using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>How long a small request takes when nothing else goes on, against an echo of as many bytes.</summary>
internal static class LatencyFigures
{
    public const int RequestBytes = 100;
    private const string EmptyTopic = "e";
    private const string GrowingTopic = "g";

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        using ServerProcess echo = bench.StartBaseline("echo");
        using ServerProcess broker = bench.StartBroker(bench.NewPath("data"));
        using FrameConnection toEcho = echo.Connect();
        using FrameConnection toBroker = broker.Connect();
        Bench.CreateTopic(toBroker, EmptyTopic);
        Bench.CreateTopic(toBroker, GrowingTopic);
        byte[] fetch = FrameWriter.Padded(RequestBytes, static id => RequestFrames.Fetch(EmptyTopic, 0, 1 << 20, id));
        byte[] produce = SmallProduce(GrowingTopic);
        byte[] apiVersions = FrameWriter.Padded(RequestBytes, RequestFrames.ApiVersions);

        Contender<Latency> Of(FrameConnection connection, string name, byte[] request, PipelinedSending.AnswerCheck check) =>
            new(name, () => Latency.Measure(connection, request, bench.Plan.LatencyRequests, check));
        Contender<Latency>[] contenders =
        [
            Of(toEcho, "echo", fetch, static _ => { }),
            Of(toBroker, "Fetch of nothing", fetch, static answer => Answers.Fetched(answer)),
            Of(toBroker, "Produce of one record", produce, static answer => Answers.Produced(answer)),
            Of(toBroker, "ApiVersions", apiVersions, Answers.ApiVersions),
        ];
        IReadOnlyList<IReadOnlyList<Latency>> rounds = bench.Rounds().Run("Latency", contenders);
        for (int index = 1; index < contenders.Length; index++)
        {
            foreach (Figure figure in Figures(contenders[index].Name, rounds[index], rounds[0])) yield return figure;
        }
    }

    /// <summary>A Produce request of about 100 bytes: one record, whose value is what room there is.</summary>
    public static byte[] SmallProduce(string topic)
    {
        int valueBytes = Math.Max(0, RequestBytes - RequestFrames.Produce(topic, PlainBatch.Of(1, 0), "").Length);
        return RequestFrames.Produce(topic, PlainBatch.Of(1, valueBytes), "");
    }

    private static IEnumerable<Figure> Figures(string name, IReadOnlyList<Latency> broker, IReadOnlyList<Latency> echo)
    {
        const string Limit = "raw socket echo of 100 bytes";
        yield return Figure.Of($"{name}, 100 bytes, one at a time, p50", "µs", Percentile(broker, static l => l.P50))
            .Against(Limit, Percentile(echo, static l => l.P50)) with { Goal = Goal.RatioAtMost(1.3) };
        yield return Figure.Of($"{name}, 100 bytes, one at a time, p99", "µs", Percentile(broker, static l => l.P99))
            .Against(Limit, Percentile(echo, static l => l.P99));
    }

    private static Samples Percentile(IReadOnlyList<Latency> rounds, Func<Latency, double> percentile) =>
        new([.. rounds.Select(percentile)]);
}
