using PerfLog.Records;
using PerfLog.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests;

/// <summary>Goal: many writers and readers at once see one log, whole batches only, and each answer belongs to its append.</summary>
public sealed class ConcurrencyTests
{
    private const int Writers = 4;
    private const int BatchesEach = 500;

    [Fact]
    public async Task Concurrent_appends_get_distinct_offsets_and_readers_see_whole_batches_in_order()
    {
        using TemporaryFolder folder = new();
        LogOptions options = new() { SegmentBytes = 20_000, IndexIntervalBytes = 500 };
        await using TestDirectory test = await TestDirectory.OpenAsync(new VectoredDevice(), TestDirectory.Clock(), options, folder.Path);
        PartitionLog log = test.Log;

        Task<long> reader = Task.Factory.StartNew(() => ReadToEnd(log), TaskCreationOptions.LongRunning);
        Task<long[]>[] writers = [.. Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(log, writer)))];
        long[] offsets = [.. (await Task.WhenAll(writers)).SelectMany(static each => each)];

        Assert.Equal(Enumerable.Range(0, Writers * BatchesEach).Select(static i => 2L * i), offsets.Order());
        Assert.Equal(2L * Writers * BatchesEach, await reader);
        foreach (long[] each in await Task.WhenAll(writers)) Assert.Equal(each.Order(), each);
    }

    [Fact]
    public async Task Readers_of_segments_that_go_finish_or_hear_that_the_offset_is_out_of_range()
    {
        using TemporaryFolder folder = new();
        LogOptions options = new() { SegmentBytes = 2_000, IndexIntervalBytes = 500, FileDeleteDelayMs = 0 };
        await using TestDirectory test = await TestDirectory.OpenAsync(new VectoredDevice(), TestDirectory.Clock(), options, folder.Path);
        using CancellationTokenSource stop = new();
        Task<int> reader = Task.Factory.StartNew(() => ReadFromStart(test.Log, stop.Token), TaskCreationOptions.LongRunning);

        for (int i = 0; i < 2_000; i++)
        {
            test.Append(TestBatch.Of(1, valueBytes: 200));
            if (i % 20 != 19) continue;
            test.Log.DeleteRecordsBefore(new Offset(i - 5));
            test.Housekeep();
        }

        await stop.CancelAsync();
        Assert.True(await reader > 0);
        Assert.False(test.Directory.IsOffline, test.Directory.Failure?.ToString());
    }

    private static async Task<long[]> WriteAsync(PartitionLog log, int writer)
    {
        long[] offsets = new long[BatchesEach];
        for (int i = 0; i < BatchesEach; i++)
        {
            Memory<byte> batch = TestBatch.Of(2, timestampMs: writer);
            AppendResult result = await log.AppendAsync(batch, new LeaderEpoch(0));
            Assert.Equal((ErrorCode.None, result.BaseOffset), (result.Error, new RecordBatchView(batch.Span).BaseOffset));
            offsets[i] = result.BaseOffset.Value;
        }

        return offsets;
    }

    private static long ReadToEnd(PartitionLog log)
    {
        byte[] buffer = new byte[64 * 1024];
        long next = 0;
        while (next < 2L * Writers * BatchesEach)
        {
            LogReadResult result = log.Read(new Offset(next), buffer.Length, new Offset(long.MaxValue), atLeastOneBatch: true);
            Assert.Equal(ErrorCode.None, result.Error);
            int length = result.Region.CopyTo(buffer);
            result.Region.Release();
            next = CheckBatches(buffer.AsSpan(0, length), next);
        }

        return next;
    }

    private static int ReadFromStart(PartitionLog log, CancellationToken stop)
    {
        byte[] buffer = new byte[64 * 1024];
        int reads = 0;
        while (!stop.IsCancellationRequested)
        {
            Offset start = log.LogStartOffset;
            LogReadResult result = log.Read(start, 1_000, new Offset(long.MaxValue), atLeastOneBatch: true);
            if (result.Error == ErrorCode.OffsetOutOfRange) continue;
            Assert.Equal(ErrorCode.None, result.Error);
            int length = result.Region.CopyTo(buffer);
            Assert.Equal(result.Region.Length, length);
            result.Region.Release();
            CheckBatches(buffer.AsSpan(0, length), expectedFirst: null);
            reads++;
        }

        return reads;
    }

    private static long CheckBatches(ReadOnlySpan<byte> bytes, long? expectedFirst)
    {
        RecordBatchReader batches = new(bytes);
        long? next = expectedFirst;
        while (batches.MoveNext())
        {
            if (next is { } expected) Assert.Equal(expected, batches.Current.BaseOffset.Value);
            next = batches.Current.NextOffset.Value;
        }

        Assert.Equal((ErrorCode.None, bytes.Length), (batches.Error, batches.Position));
        return next ?? 0;
    }
}
