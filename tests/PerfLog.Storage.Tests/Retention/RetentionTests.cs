using Microsoft.Extensions.Time.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Retention;

public sealed class RetentionTests
{
    private static readonly LogOptions SmallSegments = new() { SegmentBytes = 500, RetentionMs = 60_000, FileDeleteDelayMs = 5_000 };

    [Fact]
    public async Task Segments_go_when_their_newest_record_is_too_old_even_the_active_one()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(SmallSegments);
        AppendAtNow(test, 10);
        test.Time.Advance(TimeSpan.FromSeconds(50));
        AppendAtNow(test, 10);

        test.Time.Advance(TimeSpan.FromSeconds(11));
        test.Housekeep();
        Assert.InRange(test.Log.LogStartOffset.Value, 8, 10);

        test.Time.Advance(TimeSpan.FromSeconds(60));
        test.Housekeep();
        Assert.Equal(new Offset(20), test.Log.LogStartOffset);
        Assert.Equal((1, 0L), (test.Log.SegmentCount, test.Log.SizeBytes));
        Assert.Equal(new Offset(20), test.Append(TestBatch.Of(1)).BaseOffset);
    }

    [Fact]
    public async Task A_record_from_the_future_does_not_keep_its_segment_for_ever()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(SmallSegments);
        test.Append(TestBatch.Of(1, timestampMs: test.Now.Value + 1_000_000_000_000));

        test.Time.Advance(TimeSpan.FromSeconds(61));
        test.Housekeep();

        Assert.Equal(new Offset(1), test.Log.LogStartOffset);
    }

    [Fact]
    public async Task A_record_from_the_future_does_not_keep_its_segment_open_for_ever()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(new LogOptions { RetentionMs = 60_000, SegmentMs = 30_000 });
        test.Append(TestBatch.Of(1, timestampMs: test.Now.Value + 1_000_000_000_000));
        for (int i = 0; i < 20; i++)
        {
            test.Time.Advance(TimeSpan.FromSeconds(10));
            AppendAtNow(test, 1);
            test.Housekeep();
        }

        Assert.InRange(test.Log.LogStartOffset.Value, 8, 20);
    }

    [Fact]
    public async Task The_oldest_segments_beyond_the_size_go_and_never_more()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(SmallSegments with { RetentionMs = -1, RetentionBytes = 1_200 });
        AppendAtNow(test, 40);
        long oldest = test.Log.SizeBytes / test.Log.SegmentCount;

        test.Housekeep();

        Assert.InRange(test.Log.SizeBytes, 1_200, 1_200 + oldest);
    }

    [Fact]
    public async Task Uncommitted_records_are_kept()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(SmallSegments);
        for (int i = 0; i < 20; i++) await test.Log.AppendAsync(TestBatch.Of(1, test.Now.Value, 100), new LeaderEpoch(0));
        test.Log.AdvanceHighWatermark(new Offset(7));

        test.Time.Advance(TimeSpan.FromHours(1));
        test.Housekeep();

        Assert.InRange(test.Log.LogStartOffset.Value, 1, 7);
    }

    [Fact]
    public async Task A_compacted_log_is_not_cut_by_age()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(SmallSegments with { CleanupPolicy = CleanupPolicies.Compact });
        AppendAtNow(test, 20);

        test.Time.Advance(TimeSpan.FromHours(1));
        test.Housekeep();

        Assert.Equal(Offset.Zero, test.Log.LogStartOffset);
    }

    [Fact]
    public async Task Deleted_files_wait_with_a_suffix_and_then_go()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        FaultyDevice device = new(1, time);
        await using TestDirectory test = await TestDirectory.OpenAsync(device, time, SmallSegments);
        AppendAtNow(test, 20);
        test.Log.DeleteRecordsBefore(new Offset(15));
        Assert.Contains(device.AllFiles(), static path => path.EndsWith(".log.deleted", StringComparison.Ordinal));

        test.Time.Advance(TimeSpan.FromMilliseconds(4_999));
        test.Housekeep();
        Assert.Contains(device.AllFiles(), static path => path.EndsWith(".deleted", StringComparison.Ordinal));

        test.Time.Advance(TimeSpan.FromMilliseconds(1));
        test.Housekeep();
        Assert.DoesNotContain(device.AllFiles(), static path => path.EndsWith(".deleted", StringComparison.Ordinal));
    }

    private static void AppendAtNow(TestDirectory test, int batches)
    {
        for (int i = 0; i < batches; i++) test.Append(TestBatch.Of(1, test.Now.Value, 100));
    }
}
