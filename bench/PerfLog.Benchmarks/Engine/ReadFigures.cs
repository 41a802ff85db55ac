using System.Diagnostics;
using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Engine;

/// <summary>Reading records, and finding where an offset's batch lies, in a log whose bytes and indexes are in memory.</summary>
internal static class ReadFigures
{
    private const int BatchBytes = 64 * 1024;
    private const int RecordsPerBatch = 64;
    // Few enough, a round is over before the JIT compiler has optimised what it runs.
    private const int Lookups = 2_000_000;
    private const double LookupNanosecondsMax = 200;

    private const double SequentialMegabytesMax = 5_000;
    private const double SequentialShareOfCopying = 0.8;
    private const int CopyBytes = 64 * 1024;

    public static IEnumerable<Figure> Measure(Bench bench) => [.. Sequential(bench), .. Lookup(bench)];

    private static IEnumerable<Figure> Sequential(Bench bench)
    {
        string folder = bench.NewPath("read");
        RecordLog log = RecordLog.OpenAsync(folder).AsTask().GetAwaiter().GetResult();
        byte[] record = new byte[1024];
        int records = (int)(bench.Plan.TransferBytes / record.Length);
        for (int i = 0; i < records; i++) log.Append((ReadOnlySpan<byte>)record);
        log.Flush();
        long bytes = log.GetStatistics().SizeBytes;
        IReadOnlyList<IReadOnlyList<Effort>> rounds = bench.Rounds().Run(
            "Sequential read",
            new Contender<Effort>("copy", () => Copy(bytes)),
            new Contender<Effort>("checked", () => ReadAll(log, bytes, records, checksCrc: true)),
            new Contender<Effort>("unchecked", () => ReadAll(log, bytes, records, checksCrc: false)));
        log.DisposeAsync().AsTask().GetAwaiter().GetResult();

        // Of the two limits of the goal the lower one counts.
        Samples limit = new([.. rounds[0].Select(static round => Math.Min(SequentialMegabytesMax, round.MegabytesPerSecond * SequentialShareOfCopying))]);
        const string limitName = "5 GB/s or 0.8 of copying as many bytes 64 KiB at a time, whichever is less";
        yield return Figure.Of("Sequential read of cached data as record views, 1 KiB records", "MB/s", EffortFigures.MegabytesPerSecond(rounds[2]))
            .Against(limitName, limit) with { Goal = Goal.RatioAtLeast(1) };
        yield return Figure.Of("– with each batch's checksum checked", "MB/s", EffortFigures.MegabytesPerSecond(rounds[1])).Against(limitName, limit);
        yield return Figure.Of("– allocated per record", "B", EffortFigures.AllocatedPer(rounds[1], (int)(bytes / records)));
    }

    private static Effort Copy(long bytes)
    {
        byte[] from = GC.AllocateUninitializedArray<byte>((int)Math.Min(bytes, Array.MaxLength)), to = new byte[CopyBytes];
        from.AsSpan().Fill(1);
        return Effort.Of(bytes, () =>
        {
            for (int position = 0; position + CopyBytes <= from.Length; position += CopyBytes) from.AsSpan(position, CopyBytes).CopyTo(to);
        });
    }

    private static Effort ReadAll(RecordLog log, long bytes, int records, bool checksCrc) => Effort.Of(bytes, () =>
    {
        long valueBytes = 0;
        int found = 0;
        foreach (RecordView record in log.Read(Offset.Zero, checksCrc))
        {
            valueBytes += record.Value.Span.Length;
            found++;
        }

        if (found != records || valueBytes != records * 1024L) throw new InvalidDataException($"{found} records, {valueBytes} bytes.");
    });

    private static IEnumerable<Figure> Lookup(Bench bench)
    {
        using var log = new EngineLog(bench.NewPath("log"), LogOptions.Default);
        byte[] batch = PlainBatch.OfBytes(RecordsPerBatch, BatchBytes);
        log.Append(batch, bench.Plan.TransferBytes);
        IReadOnlyList<IReadOnlyList<double>> rounds = bench.Rounds().Run(
            "Offset lookup",
            new Contender<double>("index", () => IndexLookup(log.Log)),
            new Contender<double>("log", () => LogLookup(log.Log)));

        yield return Figure.Of("Offset lookup in the index, warm", "ns", new Samples(rounds[0])) with { Goal = Goal.ValueAtMost(LookupNanosecondsMax) };
        yield return Figure.Of("Offset to the file region of a fetch, warm", "ns", new Samples(rounds[1])) with { Goal = Goal.ValueAtMost(LookupNanosecondsMax) };
    }

    private static double IndexLookup(PartitionLog log)
    {
        OffsetIndex index = log.State.Active.Indexes.Offsets;
        int[] wanted = RandomOffsets(log);
        long sum = 0, began = Stopwatch.GetTimestamp();
        foreach (int offset in wanted) sum += index.Floor(offset).Value;
        GC.KeepAlive(sum);
        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / Lookups;
    }

    private static double LogLookup(PartitionLog log)
    {
        int[] wanted = RandomOffsets(log);
        long began = Stopwatch.GetTimestamp();
        foreach (int offset in wanted)
        {
            LogReadResult result = log.Read(new Offset(offset), BatchBytes, log.EndOffset, atLeastOneBatch: true);
            if (result.Region.IsEmpty) throw new InvalidOperationException("The log found nothing.");
            result.Region.Release();
        }

        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / Lookups;
    }

    // Made beforehand: a seeded generator takes half as long as a lookup.
    private static int[] RandomOffsets(PartitionLog log)
    {
        var random = new Random(1);
        int end = (int)log.EndOffset.Value;
        int[] offsets = new int[Lookups];
        for (int i = 0; i < offsets.Length; i++) offsets[i] = random.Next(end);
        return offsets;
    }
}
