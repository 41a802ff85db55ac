using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PerfLog.Records;
using PerfLog.Testing.Storage;
using Xunit.Abstractions;

namespace PerfLog.Storage.Tests.Faults;

/// <summary>
/// Goal: whichever file vanishes or has a bit turned, the directory opens, no record is told that was not written, and
/// what only helps to find records hides none.
/// </summary>
public sealed class SpoiledFilesTests(ITestOutputHelper output)
{
    private const int Batches = 30;

    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("PERFLOG_SEED") ?? "55");
    private static readonly int FlipsPerFile = int.Parse(Environment.GetEnvironmentVariable("PERFLOG_RUNS") ?? "12");

    private static readonly LogOptions Options = new() { SegmentBytes = 700, IndexIntervalBytes = 100, RetentionMs = -1 };

    private readonly FakeTimeProvider _time = TestDirectory.Clock();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Any_file_may_vanish(bool afterCleanStop)
    {
        foreach (string vanished in (await FilledAsync(afterCleanStop)).AllFiles())
        {
            output.WriteLine(vanished);
            FaultyDevice device = await FilledAsync(afterCleanStop);
            device.DeleteFile(vanished);
            await using LogDirectory directory = await OpenAsync(device);
            CheckLog(directory, mayMiss: vanished.EndsWith(".log", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Any_bit_of_any_file_may_turn(bool afterCleanStop)
    {
        output.WriteLine($"seed {Seed}");
        Random random = new(Seed);
        foreach (string path in (await FilledAsync(afterCleanStop)).AllFiles())
        {
            for (int run = 0; run < FlipsPerFile; run++) await FlipAsync(path, random, afterCleanStop);
        }
    }

    private async Task FlipAsync(string path, Random random, bool afterCleanStop)
    {
        FaultyDevice device = await FilledAsync(afterCleanStop);
        byte[] bytes = AtomicFile.Read(device, path)!;
        if (bytes.Length == 0) return;
        int position = random.Next(bytes.Length), bit = random.Next(8);

        // Offset, length and epoch lie outside the checksum; after a clean stop nobody compares them.
        if (path.EndsWith(".log", StringComparison.Ordinal) && IsOutsideChecksum(bytes, position)) return;
        device.Corrupt(path, _ => Flipped(bytes, position, bit));
        output.WriteLine($"{path}: bit {bit} of byte {position}");
        try
        {
            await using LogDirectory directory = await OpenAsync(device);
            bool mayMiss = path.EndsWith(".log", StringComparison.Ordinal) || path.EndsWith("-checkpoint", StringComparison.Ordinal);
            CheckLog(directory, mayMiss);
        }
        catch (DirectoryMismatchException) when (path.EndsWith("meta.properties", StringComparison.Ordinal))
        {
            // It names another owner now, and that is said.
        }
    }

    private static void CheckLog(LogDirectory directory, bool mayMiss)
    {
        if (!directory.TryGet(TestDirectory.Partition, out PartitionLog? log))
        {
            Assert.Contains(TestDirectory.Partition, directory.Damaged.Keys);
            return;
        }

        log.AdvanceHighWatermark(log.EndOffset);
        HashSet<long> read = [];

        // A turned bit in the last batch may lay the end very far.
        Offset end = Offset.Min(log.EndOffset, new Offset(2 * Batches));
        for (Offset from = log.LogStartOffset; from < end; from += 1) ReadAt(log, from, read);
        if (!mayMiss) Assert.Equal(Enumerable.Range(0, Batches).Select(static offset => (long)offset), read.Order());
        Assert.False(directory.IsOffline, directory.Failure?.ToString());
    }

    // Whoever reads checks the checksum, as clients do.
    private static void ReadAt(PartitionLog log, Offset from, HashSet<long> read)
    {
        LogReadResult result = log.Read(from, 500, log.EndOffset, atLeastOneBatch: true);
        Assert.True(result.Error is ErrorCode.None or ErrorCode.CorruptMessage, $"reading at {from}: {result.Error}");
        byte[] bytes = new byte[result.Region.Length];
        result.Region.CopyTo(bytes);
        result.Region.Release();
        RecordBatchReader batches = new(bytes);
        bool isFirst = true;
        while (batches.MoveNext())
        {
            foreach (KeyedRecord record in KeyedBatch.Read(batches.Current.Bytes))
            {
                Assert.Equal(($"key-{record.Offset}", $"value-{record.Offset}"), (record.Key, record.Value));
                read.Add(record.Offset);
                if (isFirst) Assert.True(record.Offset >= from.Value, $"reading at {from} found {record.Offset}");
                isFirst = false;
            }
        }
    }

    private static bool IsOutsideChecksum(byte[] log, int position)
    {
        int start = 0;
        RecordBatchReader batches = new(log);
        while (batches.MoveNext() && batches.Position <= position) start = batches.Position;
        return position - start < RecordBatchLayout.Magic;
    }

    private static byte[] Flipped(byte[] bytes, int position, int bit)
    {
        byte[] flipped = [.. bytes];
        flipped[position] ^= (byte)(1 << bit);
        return flipped;
    }

    private async Task<FaultyDevice> FilledAsync(bool stopsCleanly)
    {
        FaultyDevice device = new(9, _time) { SurvivalPercent = 100 };
        TestDirectory test = await TestDirectory.OpenAsync(device, _time, Options);
        for (int i = 0; i < Batches; i++) test.Append(KeyedBatch.Of(1_000 + i, ($"key-{i}", $"value-{i}")));
        test.Log.Flush();
        test.Housekeep();
        if (stopsCleanly) await test.DisposeAsync();
        else device.Crash();
        return device;
    }

    private async Task<LogDirectory> OpenAsync(FaultyDevice device) => await LogDirectory.OpenAsync(
        TestDirectory.SettingsFor("/data"), device, static _ => Options, _time, NullLogger.Instance);
}
