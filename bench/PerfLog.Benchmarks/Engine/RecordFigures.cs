using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Engine.Peers;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Engine;

/// <summary>Single records, appended one by one, beside FasterLog and RocksDB in the same rounds and to the same points.</summary>
internal static class RecordFigures
{
    private const int SmallBytes = 100;
    private const int LargeBytes = 1024;

    // RocksDB takes ten times as long for a record.
    private const int PeerShare = 10;

    private const int WarmBytes = 32 * 1024 * 1024;
    private const double SmallMillionsMin = 15;

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        foreach (Figure figure in Small(bench)) yield return figure;
        foreach (Figure figure in Large(bench)) yield return figure;
    }

    private static IEnumerable<Figure> Small(Bench bench)
    {
        IReadOnlyList<IReadOnlyList<RecordRound>> rounds = Rounds(bench, SmallBytes, threadsMax: 2);
        const string unit = "M records/s";
        Samples written = Written(rounds[0], SmallBytes), flushed = Flushed(rounds[0], SmallBytes);
        yield return Figure.Of("Single records of 100 bytes, one thread, written", unit, written) with { Goal = Goal.ValueAtLeast(SmallMillionsMin) };
        yield return Figure.Of("– the same", unit, written).Against("FasterLog, enqueued only", Written(rounds[1], SmallBytes)) with { Goal = Goal.RatioAtLeast(1) };
        yield return Figure.Of("– the same", unit, written).Against("FasterLog with checksum, enqueued only", Written(rounds[2], SmallBytes)) with { Goal = Goal.RatioAtLeast(1.5) };
        yield return Figure.Of("– flushed", unit, flushed).Against("FasterLog, committed", Flushed(rounds[1], SmallBytes)) with { Goal = Goal.RatioAtLeast(1) };
        yield return Figure.Of("– flushed", unit, flushed).Against("FasterLog with checksum, committed", Flushed(rounds[2], SmallBytes)) with { Goal = Goal.RatioAtLeast(1.5) };
        yield return Figure.Of("– written", unit, written).Against("RocksDB, write-ahead log not flushed", Written(rounds[3], SmallBytes));
        yield return Figure.Of("– two threads, written", unit, Written(rounds[4], SmallBytes)).Against("one thread", written) with { Goal = Goal.RatioAtLeast(1) };
        yield return Figure.Of("– allocated per record", "B", new Samples([.. rounds[0].Select(static round => round.Written.AllocatedBytes * (double)SmallBytes / round.Written.Bytes)]))
            with { Goal = Goal.ValueAtMost(0.01) };
    }

    private static IEnumerable<Figure> Large(Bench bench)
    {
        IReadOnlyList<IReadOnlyList<RecordRound>> rounds = Rounds(bench, LargeBytes, threadsMax: 1);
        const string unit = "M records/s";
        Samples written = Written(rounds[0], LargeBytes), flushed = Flushed(rounds[0], LargeBytes);
        yield return Figure.Of("Single records of 1 KiB, one thread, written", unit, written).Against("FasterLog, enqueued only", Written(rounds[1], LargeBytes)) with { Goal = Goal.RatioAtLeast(1.5) };
        yield return Figure.Of("– the same", unit, written).Against("FasterLog with checksum, enqueued only", Written(rounds[2], LargeBytes));
        yield return Figure.Of("– flushed", unit, flushed).Against("FasterLog, committed", Flushed(rounds[1], LargeBytes)) with { Goal = Goal.RatioAtLeast(1.5) };
        yield return Figure.Of("– flushed", unit, flushed).Against("FasterLog with checksum, committed", Flushed(rounds[2], LargeBytes));
        yield return Figure.Of("– written", unit, written).Against("RocksDB, write-ahead log not flushed", Written(rounds[3], LargeBytes));
        yield return Figure.Of("– direct, flushed", unit, Flushed(rounds[4], LargeBytes)).Against("FasterLog, committed", Flushed(rounds[1], LargeBytes));
    }

    private static IReadOnlyList<IReadOnlyList<RecordRound>> Rounds(Bench bench, int recordBytes, int threadsMax)
    {
        byte[] record = new byte[recordBytes];
        new Random(1).NextBytes(record);
        int records = (int)(bench.Plan.TransferBytes / recordBytes);
        return bench.DiskRounds().Run(
            $"Records of {recordBytes} bytes",
            new Contender<RecordRound>("PerfLog", () => Append(bench, record, records, 1, WritePath.Cached)),
            new Contender<RecordRound>("FasterLog", () => FasterLogPeer.Append(bench.NewPath("faster"), record, records, hasChecksum: false)),
            new Contender<RecordRound>("FasterLog, checksum", () => FasterLogPeer.Append(bench.NewPath("faster"), record, records, hasChecksum: true)),
            new Contender<RecordRound>("RocksDB", () => RocksDbPeer.Append(bench.NewPath("rocks"), record, records / PeerShare)),
            threadsMax > 1
                ? new Contender<RecordRound>("PerfLog, threads", () => Append(bench, record, records, threadsMax, WritePath.Cached))
                : new Contender<RecordRound>("PerfLog, direct", () => Append(bench, record, records, 1, WritePath.Direct)));
    }

    private static RecordRound Append(Bench bench, byte[] record, int records, int threads, WritePath path)
    {
        string folder = bench.NewPath("records");
        RecordLog log = RecordLog.OpenAsync(folder, new LogOptions { Preallocate = true, WritePath = path }).AsTask().GetAwaiter().GetResult();

        // The log takes its memory as it is needed; what a record costs shows when it has it.
        for (int i = 0; i < WarmBytes / record.Length; i++) log.Append((ReadOnlySpan<byte>)record);
        log.Flush();
        RecordRound round = RecordRound.Of((long)record.Length * records, () => Write(log, record, records, threads), log.Flush);
        if (log.EndOffset.Value < records) throw new InvalidDataException($"The log has {log.EndOffset} of {records} records.");
        log.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(folder, recursive: true);
        return round;
    }

    private static void Write(RecordLog log, byte[] record, int records, int threads)
    {
        var others = new Thread[threads - 1];
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(() => AppendAll(log, record, records / threads));
            others[i].Start();
        }

        AppendAll(log, record, records - others.Length * (records / threads));
        foreach (Thread other in others) other.Join();
        ValueTask written = log.WaitWrittenAsync(log.NextOffset - 1);
        if (!written.IsCompleted) written.AsTask().GetAwaiter().GetResult();
    }

    private static void AppendAll(RecordLog log, byte[] record, int records)
    {
        for (int i = 0; i < records; i++) log.Append((ReadOnlySpan<byte>)record);
    }

    private static Samples Written(IReadOnlyList<RecordRound> rounds, int bytesEach) =>
        EffortFigures.MillionsPerSecond([.. rounds.Select(static round => round.Written)], bytesEach);

    private static Samples Flushed(IReadOnlyList<RecordRound> rounds, int bytesEach) =>
        EffortFigures.MillionsPerSecond([.. rounds.Select(static round => round.Flushed)], bytesEach);
}
