using PerfLog.Records;
using PerfLog.Testing;

namespace PerfLog.Storage.Tests.Embedding;

/// <summary>Goal: whatever threads do to one log at once, each record has its own offset and is where its offset says.</summary>
public sealed class RecordLogConcurrencyTests
{
    private const int Appenders = 4;
    private const int RecordsEach = 4_000;

    [Theory]
    [InlineData(Acknowledgement.Accepted)]
    [InlineData(Acknowledgement.Written)]
    [InlineData(Acknowledgement.Flushed)]
    public async Task Every_record_lies_at_the_offset_that_its_append_answered(Acknowledgement acknowledgement)
    {
        int each = acknowledgement == Acknowledgement.Flushed ? RecordsEach / 20 : RecordsEach;
        using TemporaryFolder folder = new();
        LogDirectoryOptions directory = new() { BatchBytes = 2_000, BufferBytes = 6_000 };
        await using RecordLog log = await RecordLog.OpenAsync(folder.Path, new LogOptions { SegmentBytes = 40_000 }, directory);

        Task<long[]>[] appenders = [.. Enumerable.Range(0, Appenders).Select(appender => Task.Run(async () =>
        {
            long[] offsets = new long[each];
            for (int i = 0; i < each; i++)
                offsets[i] = (await log.AppendAsync(BitConverter.GetBytes(appender), BitConverter.GetBytes(i), acknowledgement)).Value;
            return offsets;
        }))];
        long[][] answered = await Task.WhenAll(appenders);
        log.Flush();

        Assert.Equal(Appenders * each, Check(log, answered));
    }

    [Fact]
    public async Task Cutting_and_batches_between_appends_leave_no_gap_and_no_torn_record()
    {
        using TemporaryFolder folder = new();
        LogDirectoryOptions directory = new() { BatchBytes = 2_000, BufferBytes = 6_000 };
        // The prepared batches are of the year 1970: only a log without retention keeps them.
        await using RecordLog log = await RecordLog.OpenAsync(folder.Path, new LogOptions { SegmentBytes = 40_000, RetentionMs = -1 }, directory);
        using CancellationTokenSource stop = new();
        Task[] appenders = [.. Enumerable.Range(0, Appenders).Select(_ => Task.Run(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++) log.Append(BitConverter.GetBytes(i), new byte[i % 300]);
        }))];
        Task batches = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await log.AppendBatchAsync(PerfLog.Testing.Storage.KeyedBatch.Of(1_000, ("a", "1"), ("b", "2")));
        });

        for (int i = 0; i < 50; i++)
        {
            await log.AppendAsync("cut"u8.ToArray(), "v"u8.ToArray(), Acknowledgement.Written);
            Offset end = log.TruncateTo(new Offset(log.EndOffset.Value / 2));
            Assert.True(end <= log.EndOffset);
        }

        await stop.CancelAsync();
        await Task.WhenAll(appenders.Append(batches));
        await log.SettleAsync();
        long next = 0;
        foreach (RecordView record in log.Read(Offset.Zero)) Assert.Equal(new Offset(next++), record.Offset);
        Assert.Equal(log.NextOffset, new Offset(next));
    }

    [Fact]
    public async Task Disposing_while_others_append_keeps_what_was_acknowledged_and_refuses_the_rest()
    {
        using TemporaryFolder folder = new();
        RecordLog log = await RecordLog.OpenAsync(folder.Path);
        Task<long>[] appenders = [.. Enumerable.Range(0, Appenders).Select(_ => Task.Run(async () =>
        {
            long last = -1;
            try
            {
                while (true) last = (await log.AppendAsync(new byte[10], new byte[50], Acknowledgement.Written)).Value;
            }
            catch (ObjectDisposedException)
            {
                return last;
            }
        }))];
        await log.WaitWrittenAsync(new Offset(500));

        await log.DisposeAsync();
        long lastAcknowledged = (await Task.WhenAll(appenders)).Max();

        await using RecordLog again = await RecordLog.OpenAsync(folder.Path);
        Assert.True(again.EndOffset > new Offset(lastAcknowledged));
        Assert.Equal(again.EndOffset.Value, again.ReadAll().Count);
    }

    private static int Check(RecordLog log, long[][] answered)
    {
        int[] next = new int[answered.Length];
        int count = 0;
        foreach (RecordView record in log.Read(Offset.Zero))
        {
            int appender = BitConverter.ToInt32(record.Key.Span), i = BitConverter.ToInt32(record.Value.Span);
            Assert.Equal((new Offset(count++), next[appender]++), (record.Offset, i));
            Assert.Equal(record.Offset.Value, answered[appender][i]);
        }

        return count;
    }
}
