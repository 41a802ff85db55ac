using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Engine;

/// <summary>The managed memory of a process with a log that grows.</summary>
internal static class HeapFigures
{
    private const int BatchBytes = 64 * 1024;
    private const int RecordsPerBatch = 64;
    private const long Gibibyte = 1L << 30;
    private const int GibibytesQuick = 3;
    private const int GibibytesFull = 20;
    private const double GrowthMax = 1.05;

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        int gibibytes = bench.Plan == MeasurementPlan.Quick ? GibibytesQuick : GibibytesFull;
        using var log = new EngineLog(bench.NewPath("log"), LogOptions.Default);
        byte[] batch = PlainBatch.OfBytes(RecordsPerBatch, BatchBytes);
        log.Append(batch, Gibibyte);
        double first = HeldMegabytes();
        log.Append(batch, (gibibytes - 1) * Gibibyte);
        double last = HeldMegabytes();
        yield return new Figure($"Managed heap with {gibibytes} GiB of data", last, "MB")
        {
            Limit = "with 1 GiB of data", LimitValue = first, Goal = Goal.RatioAtMost(GrowthMax),
        };
    }

    private static double HeldMegabytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true) / 1e6;
    }
}
