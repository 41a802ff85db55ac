using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>
/// How many small produce requests one connection carries when many are in flight, against a server that only writes what
/// it reads.
/// </summary>
internal static class PipelinedFigures
{
    private const string Topic = "g";
    private const long SinkFileBytes = 256L << 20;

    private static readonly int[] InFlight = [10, 100, 1000];

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        using ServerProcess sink = bench.StartBaseline("sink", bench.NewPath("sink"), $"{SinkFileBytes}");
        using ServerProcess broker = bench.StartBroker(bench.NewPath("data"));
        using FrameConnection toSink = sink.Connect();
        using FrameConnection toBroker = broker.Connect();
        Bench.CreateTopic(toBroker, Topic);
        byte[] produce = LatencyFigures.SmallProduce(Topic);
        foreach (int inFlight in InFlight)
        {
            var toBeSunk = PipelinedSending.Of(produce, inFlight, static _ => { });
            var toBeProduced = PipelinedSending.Of(produce, inFlight, static answer => Answers.Produced(answer));
            IReadOnlyList<IReadOnlyList<double>> rounds = bench.Rounds().Run(
                $"Small requests, {inFlight} in flight",
                new Contender<double>("sink", () => PerSecond(bench, toSink, toBeSunk)),
                new Contender<double>("broker", () => PerSecond(bench, toBroker, toBeProduced)));
            yield return Figure.Of(
                    $"Produce of one record, 100 bytes, {inFlight} in flight", "requests/s", new Samples(rounds[1]))
                .Against("raw socket that writes each frame to a file", new Samples(rounds[0]));
        }
    }

    private static double PerSecond(Bench bench, FrameConnection connection, PipelinedSending sending) =>
        bench.Plan.PipelinedRequests / sending.Run(connection, bench.Plan.PipelinedRequests).TotalSeconds;
}
