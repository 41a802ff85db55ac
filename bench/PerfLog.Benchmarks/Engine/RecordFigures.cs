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
    private const string Unit = "M records/s";

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        foreach (Figure figure in Small(bench)) yield return figure;
        foreach (Figure figure in Large(bench)) yield return figure;
    }

    private static IEnumerable<Figure> Small(Bench bench)
    {
        RecordRounds rounds = Rounds(bench, SmallBytes, threadsMax: 2);
        Samples written = rounds.Own.Written;
        yield return Figure.Of("Single records of 100 bytes, one thread, written", Unit, written) with { Goal = Goal.ValueAtLeast(SmallMillionsMin) };
        yield return Figure.Of("– the same", Unit, written).Against("FasterLog, to the page cache", rounds.FasterWritten.Written) with { Goal = Goal.RatioAtLeast(1) };
        yield return Figure.Of("– the same", Unit, written).Against("FasterLog with checksum, to the page cache", rounds.FasterSummedWritten.Written) with { Goal = Goal.RatioAtLeast(1.5) };
        foreach (Figure figure in ShownBeside(rounds)) yield return figure;
        yield return Figure.Of("– flushed", Unit, rounds.Own.Flushed).Against("FasterLog, committed", rounds.Faster.Flushed) with { Goal = Goal.RatioAtLeast(1) };
        yield return Figure.Of("– flushed", Unit, rounds.Own.Flushed).Against("FasterLog with checksum, committed", rounds.FasterSummed.Flushed) with { Goal = Goal.RatioAtLeast(1.5) };
        yield return Figure.Of("– two threads, written", Unit, rounds.Other.Written).Against("one thread", written) with { Goal = Goal.RatioAtLeast(1) };
        yield return Figure.Of("– allocated per record", "B", rounds.Own.AllocatedPerRecord) with { Goal = Goal.ValueAtMost(0.01) };
    }

    private static IEnumerable<Figure> Large(Bench bench)
    {
        RecordRounds rounds = Rounds(bench, LargeBytes, threadsMax: 1);
        Samples written = rounds.Own.Written;
        yield return Figure.Of("Single records of 1 KiB, one thread, written", Unit, written).Against("FasterLog, to the page cache", rounds.FasterWritten.Written) with { Goal = Goal.RatioAtLeast(1.5) };
        yield return Figure.Of("– the same", Unit, written).Against("FasterLog with checksum, to the page cache", rounds.FasterSummedWritten.Written);
        foreach (Figure figure in ShownBeside(rounds)) yield return figure;
        yield return Figure.Of("– flushed", Unit, rounds.Own.Flushed).Against("FasterLog, committed", rounds.Faster.Flushed) with { Goal = Goal.RatioAtLeast(1.5) };
        yield return Figure.Of("– flushed", Unit, rounds.Own.Flushed).Against("FasterLog with checksum, committed", rounds.FasterSummed.Flushed);
        yield return Figure.Of("– direct, flushed", Unit, rounds.Other.Flushed).Against("FasterLog, committed", rounds.Faster.Flushed);
    }

    // Other points than PerfLog's, or ways to them: no goal compares them.
    private static IEnumerable<Figure> ShownBeside(RecordRounds rounds)
    {
        yield return Figure.Of("– the same", Unit, rounds.Own.Written).Against("FasterLog, in its memory only", rounds.Faster.Written);
        yield return Figure.Of("– the same", Unit, rounds.Own.Written).Against("FasterLog with checksum, in its memory only", rounds.FasterSummed.Written);
        yield return Figure.Of("– the same", Unit, rounds.Own.Written).Against("RocksDB, write-ahead log not flushed", rounds.RocksDb.Written);
        yield return Figure.Of("– flushed", Unit, rounds.Own.Flushed).Against("FasterLog, through the page cache", rounds.FasterWritten.Flushed);
        yield return Figure.Of("– flushed", Unit, rounds.Own.Flushed).Against("FasterLog with checksum, through the page cache", rounds.FasterSummedWritten.Flushed);
    }

    private static RecordRounds Rounds(Bench bench, int recordBytes, int threadsMax)
    {
        byte[] record = new byte[recordBytes];
        new Random(1).NextBytes(record);
        int records = (int)(bench.Plan.TransferBytes / recordBytes);
        IReadOnlyList<IReadOnlyList<RecordRound>> rounds = bench.DiskRounds().Run(
            $"Records of {recordBytes} bytes",
            new Contender<RecordRound>("PerfLog", () => Append(bench, record, records, 1, WritePath.Cached)),
            new Contender<RecordRound>("FasterLog", () => FasterLogPeer.Append(bench.NewPath("faster"), record, records, hasChecksum: false)),
            new Contender<RecordRound>("FasterLog, checksum", () => FasterLogPeer.Append(bench.NewPath("faster"), record, records, hasChecksum: true)),
            new Contender<RecordRound>("FasterLog, page cache", () => FasterLogPeer.Write(bench.NewPath("faster"), record, records, hasChecksum: false)),
            new Contender<RecordRound>("FasterLog, checksum, page cache", () => FasterLogPeer.Write(bench.NewPath("faster"), record, records, hasChecksum: true)),
            new Contender<RecordRound>("RocksDB", () => RocksDbPeer.Append(bench.NewPath("rocks"), record, records / PeerShare)),
            threadsMax > 1
                ? new Contender<RecordRound>("PerfLog, threads", () => Append(bench, record, records, threadsMax, WritePath.Cached))
                : new Contender<RecordRound>("PerfLog, direct", () => Append(bench, record, records, 1, WritePath.Direct)));
        RecordSamples[] samples = [.. rounds.Select(of => new RecordSamples(of, recordBytes))];
        return new RecordRounds(samples[0], samples[1], samples[2], samples[3], samples[4], samples[5], samples[6]);
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

    /// <param name="Other">PerfLog with more threads, or on its direct way.</param>
    private sealed record RecordRounds(
        RecordSamples Own,
        RecordSamples Faster,
        RecordSamples FasterSummed,
        RecordSamples FasterWritten,
        RecordSamples FasterSummedWritten,
        RecordSamples RocksDb,
        RecordSamples Other);

    private sealed class RecordSamples(IReadOnlyList<RecordRound> rounds, int recordBytes)
    {
        public Samples Written => EffortFigures.MillionsPerSecond([.. rounds.Select(static round => round.Written)], recordBytes);

        public Samples Flushed => EffortFigures.MillionsPerSecond([.. rounds.Select(static round => round.Flushed)], recordBytes);

        public Samples AllocatedPerRecord => EffortFigures.AllocatedPer([.. rounds.Select(static round => round.Written)], recordBytes);
    }
}
