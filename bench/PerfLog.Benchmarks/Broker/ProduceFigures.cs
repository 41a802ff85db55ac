using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>How fast large batches are taken in, against a server that only writes what it reads.</summary>
internal static class ProduceFigures
{
    public const int BatchBytes = 64 * 1024;
    public const int RecordsPerBatch = 64;
    private const int InFlightMax = 8;

    public static IEnumerable<Figure> Measure(Bench bench, ServerProcess broker, string topic)
    {
        byte[] frame = RequestFrames.Produce(topic, PlainBatch.OfBytes(RecordsPerBatch, BatchBytes));
        int frames = (int)(bench.Plan.TransferBytes / frame.Length);
        using ServerProcess sink = bench.StartBaseline("sink", bench.NewPath("sink"), $"{bench.Plan.TransferBytes}");
        sink.Connect().Dispose();
        IReadOnlyList<IReadOnlyList<double>> rounds = bench.DiskRounds().Run(
            "Produce of large batches",
            new Contender<double>("sink", () => MegabytesPerSecond(sink, frame, frames, static _ => { })),
            new Contender<double>(
                "broker", () => MegabytesPerSecond(broker, frame, frames, static answer => Answers.Produced(answer))));

        yield return Figure.Of("Produce, 64 KiB batches of 1 KiB records, acks=1, 8 in flight", "MB/s", new Samples(rounds[1]))
            .Against("raw socket that writes each frame to a file", new Samples(rounds[0]))
            with { Goal = Goal.RatioAtLeast(0.8) };
        yield return new Figure($"Resident memory after {Produced(bench, frames):0.0} GB produced", broker.ResidentMegabytes(), "MB");
    }

    private static double MegabytesPerSecond(
        ServerProcess server, byte[] frame, int frames, PipelinedSending.AnswerCheck check)
    {
        using FrameConnection connection = server.Connect();
        var sending = PipelinedSending.Of(frame, InFlightMax, check, framesPerSendMax: 1);
        sending.Run(connection, InFlightMax);   // so that the connection's and the file's beginning does not count
        int counted = frames - InFlightMax;
        return (double)frame.Length * counted / sending.Run(connection, counted).TotalSeconds / 1e6;
    }

    private static double Produced(Bench bench, int frames) => (double)frames * BatchBytes * (bench.Plan.Rounds + 1) / 1e9;
}
