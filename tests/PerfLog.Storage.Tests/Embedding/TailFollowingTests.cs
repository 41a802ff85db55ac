using Microsoft.Extensions.Time.Testing;
using PerfLog.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Embedding;

/// <summary>Goal: who follows the tail gets each record once and in order, and always comes to an end that says why.</summary>
public sealed class TailFollowingTests
{
    [Fact]
    public async Task A_follower_gets_what_was_there_and_what_comes_later()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        for (int i = 0; i < 3; i++) log.Append("k", $"v{i}");
        await log.SettleAsync();
        await using IAsyncEnumerator<StoredRecord> follower = log.FollowAsync(new Offset(1)).GetAsyncEnumerator();

        Assert.True(await follower.MoveNextAsync());
        Assert.Equal((new Offset(1), "v1"), (follower.Current.Offset, EmbeddedLog.Text(follower.Current.Value)));
        Assert.True(await follower.MoveNextAsync());
        ValueTask<bool> next = follower.MoveNextAsync();
        Assert.False(next.IsCompleted);
        log.Append("later", "v3");
        Assert.True(await next);
        Assert.Equal((new Offset(3), "later"), (follower.Current.Offset, EmbeddedLog.Text(follower.Current.Key)));
    }

    [Fact]
    public async Task A_follower_tells_no_bytes_from_none()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        log.Append(null, null);
        log.Append("", "");
        await using IAsyncEnumerator<StoredRecord> follower = log.FollowAsync(Offset.Zero).GetAsyncEnumerator();

        Assert.True(await follower.MoveNextAsync());
        Assert.False(follower.Current.Key.HasValue || follower.Current.Value.HasValue);
        Assert.True(await follower.MoveNextAsync());
        Assert.Equal((0, 0), (follower.Current.Key!.Value.Length, follower.Current.Value!.Value.Length));
    }

    [Fact]
    public async Task Followers_beside_appenders_see_every_record_once_and_in_order()
    {
        using TemporaryFolder folder = new();
        LogOptions options = new() { SegmentBytes = 50_000, IndexIntervalBytes = 500 };
        await using RecordLog log = await RecordLog.OpenAsync(folder.Path, options);
        const int Each = 5_000, Appenders = 4;
        Task<long>[] followers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => CountInOrderAsync(log, Each * Appenders)))];

        Task[] appenders = [.. Enumerable.Range(0, Appenders).Select(appender => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++) log.Append(BitConverter.GetBytes(appender), BitConverter.GetBytes(i));
        }))];
        await Task.WhenAll(appenders);

        foreach (Task<long> follower in followers) Assert.Equal(Each * Appenders, await follower);
    }

    [Fact]
    public async Task A_follower_that_is_cancelled_ends_at_once()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        using CancellationTokenSource stop = new();
        await using IAsyncEnumerator<StoredRecord> follower = log.FollowAsync(Offset.Zero, stop.Token).GetAsyncEnumerator();
        ValueTask<bool> waiting = follower.MoveNextAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
    }

    [Fact]
    public async Task A_follower_ends_when_the_log_is_disposed_or_deleted()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        await using LogDirectory directory = await LogDirectory.OpenAsync("/d", EmbeddedLog.Options(new MemoryDevice(time), time));
        RecordLog disposed = directory.OpenLog("disposed"), deleted = directory.OpenLog("deleted");
        await using IAsyncEnumerator<StoredRecord> first = disposed.FollowAsync(Offset.Zero).GetAsyncEnumerator();
        await using IAsyncEnumerator<StoredRecord> second = deleted.FollowAsync(Offset.Zero).GetAsyncEnumerator();
        ValueTask<bool> waitingForFirst = first.MoveNextAsync(), waitingForSecond = second.MoveNextAsync();

        await disposed.DisposeAsync();
        directory.Delete(deleted.Partition);

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await waitingForFirst);
        await Assert.ThrowsAsync<StorageException>(async () => await waitingForSecond);
    }

    [Fact]
    public async Task A_follower_whose_records_were_deleted_or_cut_off_is_told()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync(new LogOptions { SegmentBytes = 500, FileDeleteDelayMs = 0 });
        for (int i = 0; i < 10; i++) await log.AppendAsync("k"u8, new byte[300], Acknowledgement.Written);
        await using IAsyncEnumerator<StoredRecord> slow = log.FollowAsync(Offset.Zero).GetAsyncEnumerator();
        Assert.True(await slow.MoveNextAsync());
        await using IAsyncEnumerator<StoredRecord> fast = log.FollowAsync(new Offset(10)).GetAsyncEnumerator();
        ValueTask<bool> waiting = fast.MoveNextAsync();

        log.DeleteBefore(new Offset(8));
        log.TruncateTo(new Offset(9));

        await Assert.ThrowsAsync<OffsetOutOfRangeException>(async () => await slow.MoveNextAsync());
        await Assert.ThrowsAsync<OffsetOutOfRangeException>(async () => await waiting);
    }

    private static async Task<long> CountInOrderAsync(RecordLog log, long count)
    {
        int[] next = new int[16];
        long offset = 0;
        await foreach (StoredRecord record in log.FollowAsync(Offset.Zero))
        {
            Assert.Equal(new Offset(offset++), record.Offset);
            int appender = BitConverter.ToInt32(record.Key!.Value.Span);
            Assert.Equal(next[appender]++, BitConverter.ToInt32(record.Value!.Value.Span));
            if (offset == count) break;
        }

        return offset;
    }
}
