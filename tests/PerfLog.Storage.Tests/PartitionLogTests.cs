using PerfLog.Records;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests;

public sealed class PartitionLogTests
{
    private static readonly LogOptions SmallSegments = new() { SegmentBytes = 1_000, IndexIntervalBytes = 200 };

    [Fact]
    public async Task Offsets_and_epoch_are_assigned_in_place_and_the_bytes_are_read_back_as_they_are()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        Memory<byte> first = TestBatch.Of(3), second = TestBatch.Of(2);

        AppendResult firstResult = test.Append(first, epoch: 4);
        AppendResult secondResult = test.Append(second, epoch: 4);

        Assert.Equal((new Offset(0), new Offset(3)), (firstResult.BaseOffset, firstResult.NextOffset));
        Assert.Equal((new Offset(3), new Offset(5)), (secondResult.BaseOffset, secondResult.NextOffset));
        Assert.Equal(new LeaderEpoch(4), new RecordBatchView(second.Span).PartitionLeaderEpoch);
        Assert.Equal([.. first.ToArray(), .. second.ToArray()], test.Read(0));
        Assert.Equal(second.ToArray(), test.Read(4));
    }

    [Fact]
    public async Task A_read_returns_only_whole_batches_below_the_bound_and_within_the_bytes()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        Memory<byte>[] batches = [TestBatch.Of(2), TestBatch.Of(2), TestBatch.Of(2)];
        foreach (Memory<byte> batch in batches) test.Append(batch);
        int size = batches[0].Length;

        Assert.Equal(size, test.Read(0, maxBytes: 2 * size - 1).Length);
        Assert.Equal(2 * size, test.Read(0, maxBytes: 2 * size).Length);
        Assert.Equal(2 * size, test.Read(0, upperBound: 4).Length);
        Assert.Equal(size, test.Read(0, upperBound: 3).Length);
        Assert.Empty(test.Read(0, upperBound: 1));
        Assert.Equal(size, test.Read(0, maxBytes: 1).Length);
        Assert.True(test.Log.Read(Offset.Zero, 1, new Offset(6), atLeastOneBatch: false).Region.IsEmpty);
    }

    [Fact]
    public async Task Reading_outside_the_log_is_out_of_range_and_at_its_end_empty()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        test.Append(TestBatch.Of(2));

        Assert.Equal(ErrorCode.OffsetOutOfRange, test.Log.Read(new Offset(3), 100, new Offset(9), true).Error);
        Assert.Equal(ErrorCode.OffsetOutOfRange, test.Log.Read(new Offset(-1), 100, new Offset(9), true).Error);
        Assert.Equal(LogReadResult.Empty, test.Log.Read(new Offset(2), 100, new Offset(9), true));
    }

    [Fact]
    public async Task A_full_segment_is_closed_and_reads_go_on_in_the_next()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(SmallSegments);
        for (int i = 0; i < 30; i++) test.Append(TestBatch.Of(1, valueBytes: 100));

        Assert.True(test.Log.SegmentCount > 3);
        for (long offset = 0; offset < 30; offset++)
            Assert.Equal(new Offset(offset), new RecordBatchView(test.Read(offset)).BaseOffset);
    }

    [Fact]
    public async Task A_batch_larger_than_a_segment_is_refused()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(SmallSegments);

        Assert.Equal(ErrorCode.RecordListTooLarge, test.Append(TestBatch.Of(1, valueBytes: 2_000)).Error);
        Assert.Equal(Offset.Zero, test.Log.EndOffset);
    }

    [Fact]
    public async Task A_segment_rolls_when_the_records_time_has_moved_on()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(new LogOptions { SegmentMs = 1_000 });
        test.Append(TestBatch.Of(1, timestampMs: 5_000));
        test.Append(TestBatch.Of(1, timestampMs: 6_000));
        Assert.Equal(1, test.Log.SegmentCount);

        test.Append(TestBatch.Of(1, timestampMs: 6_001));

        Assert.Equal(2, test.Log.SegmentCount);
    }

    [Fact]
    public async Task A_lower_epoch_than_the_logs_is_fenced()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        test.Log.BecomeLeader(new LeaderEpoch(7));

        Assert.Equal(ErrorCode.FencedLeaderEpoch, test.Append(TestBatch.Of(1), epoch: 6).Error);
        Assert.Equal(ErrorCode.None, test.Append(TestBatch.Of(1), epoch: 7).Error);
    }

    [Fact]
    public async Task A_follower_takes_numbered_batches_whole_and_leaves_a_cut_one()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(SmallSegments);
        byte[] batches = [.. Enumerable.Range(0, 20).SelectMany(i => TestBatch.Numbered(TestBatch.Of(2, valueBytes: 50), 100 + 2 * i, 3).ToArray())];
        test.Log.TruncateFullyAndStartAt(new Offset(100));

        AppendResult result = test.Log.AppendAsFollower(batches.AsMemory(0, batches.Length - 1));

        Assert.Equal((ErrorCode.None, new Offset(100), new Offset(138)), (result.Error, result.BaseOffset, result.NextOffset));
        Assert.Equal(new LeaderEpoch(3), test.Log.LatestEpoch);
        Assert.True(test.Log.SegmentCount > 1);
        Assert.Equal(ErrorCode.OffsetOutOfRange, test.Log.AppendAsFollower(batches).Error);
    }

    [Fact]
    public async Task Truncating_removes_the_tail_and_appends_go_on_there()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(SmallSegments);
        for (int i = 0; i < 30; i++) test.Append(TestBatch.Of(1, valueBytes: 100), epoch: i / 10);

        test.Log.TruncateTo(new Offset(12));

        Assert.Equal((new Offset(12), new Offset(12)), (test.Log.EndOffset, test.Log.HighWatermark));
        Assert.Equal(new LeaderEpoch(1), test.Log.LatestEpoch);
        Assert.Equal(new Offset(12), test.Append(TestBatch.Of(1), epoch: 5).BaseOffset);
        Assert.Equal(new EpochEndOffset(new LeaderEpoch(1), new Offset(12)), test.Log.EndOffsetFor(new LeaderEpoch(3)));
    }

    [Fact]
    public async Task Deleting_records_moves_the_start_and_drops_whole_segments_only()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(SmallSegments);
        for (int i = 0; i < 30; i++) test.Append(TestBatch.Of(1, valueBytes: 100));
        int before = test.Log.SegmentCount;

        Assert.Equal(new DeleteRecordsResult(ErrorCode.None, new Offset(15)), test.Log.DeleteRecordsBefore(new Offset(15)));

        Assert.True(test.Log.SegmentCount < before);
        Assert.Equal(ErrorCode.OffsetOutOfRange, test.Log.Read(new Offset(14), 100, new Offset(30), true).Error);
        Assert.Equal(new Offset(15), new RecordBatchView(test.Read(15)).BaseOffset);
        Assert.Equal(ErrorCode.OffsetOutOfRange, test.Log.DeleteRecordsBefore(new Offset(31)).Error);
        Assert.Equal(new Offset(15), test.Log.DeleteRecordsBefore(new Offset(3)).LogStartOffset);
    }

    [Fact]
    public async Task A_region_stays_readable_after_its_segment_was_deleted()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(SmallSegments with { FileDeleteDelayMs = 0 });
        Memory<byte> first = TestBatch.Of(1, valueBytes: 100);
        test.Append(first);
        for (int i = 0; i < 30; i++) test.Append(TestBatch.Of(1, valueBytes: 100));
        FileRegion region = test.Log.Read(Offset.Zero, 1, new Offset(30), true).Region;

        test.Log.DeleteRecordsBefore(new Offset(30));
        test.Housekeep();

        byte[] bytes = new byte[region.Length];
        Assert.Equal(first.Length, region.CopyTo(bytes));
        Assert.Equal(first.ToArray(), bytes);
        region.Release();
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task A_time_finds_the_first_record_at_or_after_it(CompressionCodec codec)
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(SmallSegments);
        for (int i = 0; i < 20; i++) test.Append(TestBatch.WithTimes(codec, 100 * i, 100 * i + 10, 100 * i + 20), epoch: 2);

        Assert.Equal(new OffsetAtTime(new TimestampMs(0), Offset.Zero, new LeaderEpoch(2)), test.Log.FindByTimestamp(new TimestampMs(-1)));
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(new Offset(3 * i), test.Log.FindByTimestamp(new TimestampMs(100 * i))!.Value.Offset);
            Assert.Equal(new Offset(3 * i + 2), test.Log.FindByTimestamp(new TimestampMs(100 * i + 11))!.Value.Offset);
        }

        Assert.Null(test.Log.FindByTimestamp(new TimestampMs(1_921)));
        Assert.Equal(new OffsetAtTime(new TimestampMs(1_920), new Offset(59), new LeaderEpoch(2)), test.Log.FindMaxTimestamp());
    }

    [Fact]
    public async Task The_high_watermark_goes_forward_only_and_never_past_the_end()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        await test.Log.AppendAsync(TestBatch.Of(5), new LeaderEpoch(0));

        Assert.True(test.Log.AdvanceHighWatermark(new Offset(3)));
        Assert.False(test.Log.AdvanceHighWatermark(new Offset(2)));
        Assert.True(test.Log.AdvanceHighWatermark(new Offset(9)));
        Assert.Equal(new Offset(5), test.Log.HighWatermark);
    }
}
