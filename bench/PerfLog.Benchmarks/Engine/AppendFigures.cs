using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Engine.Bare;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Engine;

/// <summary>Appending large batches, through the page cache and past it, against bare loops that write the same bytes.</summary>
internal static class AppendFigures
{
    private const int BatchBytes = 64 * 1024;
    private const int RecordsPerBatch = 64;
    private const int WarmBytes = 32 * 1024 * 1024;

    public static IEnumerable<Figure> Cached(Bench bench)
    {
        byte[] batch = PlainBatch.OfBytes(RecordsPerBatch, BatchBytes);
        long bytes = bench.Plan.TransferBytes;
        IReadOnlyList<IReadOnlyList<Effort>> rounds = bench.DiskRounds().Run(
            "Batches through the page cache",
            new Contender<Effort>("bare", () => WriteVectored(bench, batch, bytes)),
            new Contender<Effort>("PerfLog", () => Append(bench, batch, bytes, WritePath.Cached, flushes: false)));

        yield return Figure.Of("Batches of 64 KiB, 1 KiB records, cached, no flush, preallocated segment", "MB/s", EffortFigures.MegabytesPerSecond(rounds[1]))
            .Against("bare loop of vectored writes of 64 KiB into a preallocated file", EffortFigures.MegabytesPerSecond(rounds[0]))
            with { Goal = Goal.RatioAtLeast(0.9) };
        yield return Figure.Of("– processor time", "ms/GiB", EffortFigures.ProcessorMsPerGiB(rounds[1]))
            .Against("the same loop", EffortFigures.ProcessorMsPerGiB(rounds[0]));
        yield return Figure.Of("– allocated per batch", "B", EffortFigures.AllocatedPer(rounds[1], BatchBytes));
    }

    public static IEnumerable<Figure> Direct(Bench bench)
    {
        byte[] batch = PlainBatch.OfBytes(RecordsPerBatch, BatchBytes);
        long bytes = bench.Plan.TransferBytes;
        IReadOnlyList<IReadOnlyList<Effort>> rounds = bench.DiskRounds().Run(
            "Batches past the page cache",
            new Contender<Effort>("bare ring", () => WriteByRing(bench, batch, bytes)),
            new Contender<Effort>("empty ring", () => WriteByRing(bench, default, bytes)),
            new Contender<Effort>("PerfLog", () => Append(bench, batch, bytes, WritePath.Direct, flushes: true)),
            new Contender<Effort>("PerfLog, cached", () => Append(bench, batch, bytes, WritePath.Cached, flushes: true)));

        yield return Figure.Of("Batches of 64 KiB, 1 KiB records, direct, flushed at the end, preallocated segment", "MB/s", EffortFigures.MegabytesPerSecond(rounds[2]))
            .Against("bare O_DIRECT ring, 8 blocks of 1 MiB filled from batches", EffortFigures.MegabytesPerSecond(rounds[0]))
            with { Goal = Goal.RatioAtLeast(0.9) };
        yield return Figure.Of("– processor time", "ms/GiB", EffortFigures.ProcessorMsPerGiB(rounds[2]))
            .Against("the same ring", EffortFigures.ProcessorMsPerGiB(rounds[0]))
            with { Goal = Goal.RatioAtMost(1.3) };
        yield return Figure.Of("– processor time, against a ring whose blocks nobody fills", "ms/GiB", EffortFigures.ProcessorMsPerGiB(rounds[2]))
            .Against("bare O_DIRECT ring, the same bytes again and again", EffortFigures.ProcessorMsPerGiB(rounds[1]));
        yield return Figure.Of("The same batches, cached, flushed at the end", "MB/s", EffortFigures.MegabytesPerSecond(rounds[3]))
            .Against("bare O_DIRECT ring, 8 blocks of 1 MiB filled from batches", EffortFigures.MegabytesPerSecond(rounds[0]));
        yield return Figure.Of("– processor time", "ms/GiB", EffortFigures.ProcessorMsPerGiB(rounds[3]))
            .Against("the same ring", EffortFigures.ProcessorMsPerGiB(rounds[0]));
    }

    private static Effort WriteVectored(Bench bench, byte[] batch, long bytes)
    {
        using var file = new LinuxFile(bench.NewPath("raw"), isDirect: false, bytes, keepsLength: true);
        ReadOnlyMemory<byte>[] pieces = [batch];
        return Effort.Of(bytes, () =>
        {
            for (long position = 0; position < bytes; position += batch.Length) RandomAccess.Write(file.Handle, pieces, position);
        });
    }

    private static Effort WriteByRing(Bench bench, byte[]? batch, long bytes)
    {
        using var file = new LinuxFile(bench.NewPath("ring"), isDirect: true, bytes);
        using var ring = new BareRing();
        return Effort.Of(bytes, () => ring.Write(file, bytes, batch));
    }

    private static Effort Append(Bench bench, byte[] batch, long bytes, WritePath path, bool flushes)
    {
        using var log = new EngineLog(bench.NewPath("log"), new LogOptions { WritePath = path, Preallocate = true });

        // The log takes its memory as it is needed, which the bare loops have had before.
        log.Append(batch, WarmBytes);
        return Effort.Of(bytes, () =>
        {
            log.Append(batch, bytes);
            if (flushes) log.Log.Flush();
        });
    }
}
