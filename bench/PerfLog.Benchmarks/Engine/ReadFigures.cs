using System.Diagnostics;
using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Engine;

/// <summary>Finding where an offset's batch lies, in a log whose bytes and indexes are in memory.</summary>
internal static class ReadFigures
{
    private const int BatchBytes = 64 * 1024;
    private const int RecordsPerBatch = 64;
    private const int Lookups = 200_000;
    private const double LookupNanosecondsMax = 200;

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        using var log = new EngineLog(bench.NewPath("log"), LogOptions.Default);
        byte[] batch = PlainBatch.OfBytes(RecordsPerBatch, BatchBytes);
        log.Append(batch, bench.Plan.TransferBytes);
        IReadOnlyList<IReadOnlyList<double>> rounds = bench.Rounds().Run(
            "Offset lookup",
            new Contender<double>("index", () => IndexLookup(log.Log)),
            new Contender<double>("log", () => LogLookup(log.Log)));

        yield return Figure.Of("Offset lookup in the index, warm", "ns", new Samples(rounds[0])) with { Goal = Goal.ValueAtMost(LookupNanosecondsMax) };
        yield return Figure.Of("Offset to the file region of a fetch, warm", "ns", new Samples(rounds[1]));
    }

    private static double IndexLookup(PartitionLog log)
    {
        OffsetIndex index = log.State.Active.Indexes.Offsets;
        var random = new Random(1);
        int end = (int)log.EndOffset.Value;
        long sum = 0, began = Stopwatch.GetTimestamp();
        for (int i = 0; i < Lookups; i++) sum += index.Floor(random.Next(end)).Value;
        GC.KeepAlive(sum);
        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / Lookups;
    }

    private static double LogLookup(PartitionLog log)
    {
        var random = new Random(1);
        long end = log.EndOffset.Value, began = Stopwatch.GetTimestamp();
        for (int i = 0; i < Lookups; i++)
        {
            LogReadResult result = log.Read(new Offset(random.NextInt64(end)), BatchBytes, log.EndOffset, atLeastOneBatch: true);
            if (result.Region.IsEmpty) throw new InvalidOperationException("The log found nothing.");
            result.Region.Release();
        }

        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / Lookups;
    }
}
