using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>How fast large batches are taken in, against a server that only writes what it reads.</summary>
internal static class ProduceFigures
{
    public const int BatchBytes = 64 * 1024;
    public const int RecordsPerBatch = 64;
    private const int InFlightMax = 8;
    private const string Sink = "raw socket that writes each frame to a file";

    public static IEnumerable<Figure> Measure(Bench bench, ServerProcess broker, string topic)
    {
        byte[] frame = RequestFrames.Produce(topic, PlainBatch.OfBytes(RecordsPerBatch, BatchBytes));
        int frames = (int)(bench.Plan.TransferBytes / frame.Length);
        using ServerProcess sink = bench.StartBaseline("sink", bench.NewPath("sink"), $"{bench.Plan.TransferBytes}");
        sink.Connect().Dispose();
        IReadOnlyList<IReadOnlyList<Transfer>> rounds = bench.DiskRounds().Run(
            "Produce of large batches",
            new Contender<Transfer>("sink", () => Send(sink, frame, frames, static _ => { })),
            new Contender<Transfer>(
                "broker", () => Send(broker, frame, frames, static answer => Answers.Produced(answer))));

        yield return Figure.Of("Produce, 64 KiB batches of 1 KiB records, acks=1, 8 in flight", "MB/s", Transfer.Speeds(rounds[1]))
            .Against(Sink, Transfer.Speeds(rounds[0])) with { Goal = Goal.RatioAtLeast(0.8) };
        yield return Figure.Of("The server's processor time for a GiB of it", "ms", Transfer.ServerTimes(rounds[1]))
            .Against(Sink, Transfer.ServerTimes(rounds[0]));
        yield return new Figure($"Resident memory after {Produced(bench, frames):0.0} GB produced", broker.ResidentMegabytes(), "MB");
    }

    private static Transfer Send(ServerProcess server, byte[] frame, int frames, PipelinedSending.AnswerCheck check)
    {
        using FrameConnection connection = server.Connect();
        var sending = PipelinedSending.Of(frame, InFlightMax, check, framesPerSendMax: 1);
        sending.Run(connection, InFlightMax);   // so that the connection's and the file's beginning does not count
        int counted = frames - InFlightMax;
        return Transfer.Measure(server, (double)frame.Length * counted, () => sending.Run(connection, counted));
    }

    private static double Produced(Bench bench, int frames) => (double)frames * BatchBytes * (bench.Plan.Rounds + bench.Plan.WarmUpRounds) / 1e9;
}
