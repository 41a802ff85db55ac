using Microsoft.Extensions.Time.Testing;
using PerfLog.Records;
using PerfLog.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Embedding;

/// <summary>Goal: what a process appends to a log of its own it finds again, in order, whatever the sizes and the codec.</summary>
public sealed class RecordLogTests
{
    [Fact]
    public async Task Records_get_dense_offsets_and_are_read_in_order()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();

        Assert.Equal(new Offset(0), log.Append("a", "1"));
        Assert.Equal(new Offset(1), log.Append(null, "2"));
        Assert.Equal(new Offset(2), log.Append("", null));
        await log.SettleAsync();

        Assert.Equal(["0:a=1", "1:-=2", "2:=-"], log.ReadAll());
        Assert.Equal(["2:=-"], log.ReadAll(from: 2));
        Assert.Empty(log.ReadAll(from: 3));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task Records_of_all_sizes_come_back_across_batches_and_segments(CompressionCodec codec)
    {
        LogOptions options = new() { SegmentBytes = 60_000, MaxMessageBytes = 50_000, Compression = codec };
        await using RecordLog log = await EmbeddedLog.OpenAsync(options);
        Random random = new(5);
        List<byte[]> values = [];
        for (int i = 0; i < 600; i++)
        {
            byte[] value = new byte[random.Next(random.Next(10) == 0 ? 40_000 : 300)];
            random.NextBytes(value);
            values.Add(value);
            Assert.Equal(new Offset(i), log.Append(OptionalBytes.Null, value));
        }

        await log.SettleAsync();

        int next = 0;
        foreach (RecordView record in log.Read(Offset.Zero)) Assert.Equal(values[next++], record.Value.ToArray());
        Assert.Equal(values.Count, next);
        Assert.True(log.GetStatistics().SegmentCount > 1);
    }

    [Fact]
    public async Task No_batch_is_passed_over_where_the_readers_block_ends_inside_it()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        Random random = new(3);
        byte[] zeros = new byte[1024];
        const int records = 4_000;
        for (int i = 0; i < records; i++)
        {
            log.Append((ReadOnlySpan<byte>)zeros);
            if (random.Next(60) == 0) await log.SettleAsync();
        }

        await log.SettleAsync();

        long next = 0;
        foreach (RecordView record in log.Read(Offset.Zero)) Assert.Equal(next++, record.Offset.Value);
        Assert.Equal(records, next);
    }

    [Fact]
    public async Task Times_and_headers_come_back()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        await using RecordLog log = await RecordLog.OpenAsync(EmbeddedLog.Directory, null, EmbeddedLog.Options(new MemoryDevice(time), time));
        RecordHeader[] headers = [new("first", "1"u8.ToArray()), new("second", (byte[]?)null)];

        log.Append("key"u8, "value"u8, new TimestampMs(77), headers);
        await log.AppendAsync("key"u8, "value"u8, Acknowledgement.Written);

        using RecordLogReader reader = log.Read(Offset.Zero);
        Assert.True(reader.MoveNext());
        Assert.Equal(new TimestampMs(77), reader.Current.Timestamp);
        List<string> found = [];
        foreach (HeaderView header in reader.Current.Headers) found.Add($"{EmbeddedLog.Text(header.KeyUtf8)}={EmbeddedLog.Text(header.Value)}");
        Assert.Equal(["first=1", "second=-"], found);
        Assert.True(reader.MoveNext());
        Assert.Equal(TimestampMs.Now(time), reader.Current.Timestamp);
    }

    [Fact]
    public async Task Many_records_are_appended_in_one_call()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        NewRecord[] records = [.. Enumerable.Range(0, 50).Select(static i => new NewRecord(new byte[] { (byte)('a' + (i % 3)) }, "v"u8.ToArray()))];

        Offset last = log.AppendMany(records);
        await log.WaitWrittenAsync(last);

        Assert.Equal((new Offset(49), 50), (last, log.ReadAll().Count));
        Assert.Equal(Offset.None, log.AppendMany([]));
    }

    [Fact]
    public async Task A_null_array_is_null_and_an_empty_one_is_empty()
    {
        byte[]? none = null;
        byte[] empty = [];
        ReadOnlyMemory<byte> text = new byte[] { 1 };
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        await log.WaitWrittenAsync(log.AppendMany([new NewRecord(none, none), new NewRecord(empty, empty), new NewRecord(text, none), new NewRecord(none, text)]));

        List<(bool HasKey, bool HasValue)> read = [];
        foreach (RecordView record in log.Read(Offset.Zero)) read.Add((record.Key.HasValue, record.Value.HasValue));

        Assert.Equal([(false, false), (true, true), (true, false), (false, true)], read);
    }

    [Fact]
    public async Task A_prepared_batch_keeps_its_place_between_single_records()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        log.Append("before", "1");
        Offset last = await log.AppendBatchAsync(KeyedBatch.Of(1_000, ("x", "1"), ("y", "2")));
        await log.AppendAsync("after"u8, "1"u8, Acknowledgement.Flushed);

        Assert.Equal(new Offset(2), last);
        Assert.Equal(["0:before=1", "1:x=1", "2:y=2", "3:after=1"], log.ReadAll());
        Assert.Equal(new Offset(4), log.FlushedOffset);
    }

    [Fact]
    public async Task Bytes_that_are_no_sound_batch_are_refused_by_name()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        Memory<byte> bent = KeyedBatch.Of(1_000, ("x", "1"));
        bent.Span[^1] ^= 1;

        Assert.Contains("checksum", (await Assert.ThrowsAsync<ArgumentException>(() => log.AppendBatchAsync(bent).AsTask())).Message);
        Assert.Contains("header", (await Assert.ThrowsAsync<ArgumentException>(() => log.AppendBatchAsync(new byte[7]).AsTask())).Message);
        Assert.Contains("producer id", (await Assert.ThrowsAsync<ArgumentException>(() => log.AppendBatchAsync(TestBatch.From(7, 0, 0)).AsTask())).Message);
        Assert.Contains("written", (await Assert.ThrowsAsync<ArgumentException>(
            () => log.AppendBatchAsync(KeyedBatch.Of(1, ("x", "1")), Acknowledgement.Accepted).AsTask())).Message);
        Assert.Equal(Offset.Zero, log.NextOffset);
    }

    [Fact]
    public async Task Batches_are_read_whole_and_their_records_opened()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync(new LogOptions { Compression = CompressionCodec.Lz4 });
        for (int i = 0; i < 10; i++) await log.AppendAsync("k"u8, "some value"u8, Acknowledgement.Written);

        int records = 0;
        using BatchReader batches = log.ReadBatches(new Offset(4));
        while (batches.MoveNext())
        {
            Assert.Equal(CompressionCodec.Lz4, batches.Current.Codec);
            RecordEnumerator opened = batches.OpenRecords();
            while (opened.MoveNext()) records++;
        }

        Assert.Equal(6, records);
    }

    [Fact]
    public async Task Reading_starts_at_a_time()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        for (int i = 1; i <= 20; i++) log.Append("k"u8, "v"u8, new TimestampMs(i * 100));
        await log.SettleAsync();

        using RecordLogReader reader = log.Read(new TimestampMs(950));
        Assert.True(reader.MoveNext());
        Assert.Equal((new Offset(9), new TimestampMs(1_000)), (reader.Current.Offset, reader.Current.Timestamp));
        using RecordLogReader late = log.Read(new TimestampMs(9_999));
        Assert.False(late.MoveNext());
        using BatchReader batches = log.ReadBatches(new TimestampMs(950));
        Assert.True(batches.MoveNext());
        Assert.InRange(9, batches.Current.BaseOffset.Value, batches.Current.LastOffset.Value);
    }

    [Fact]
    public async Task Following_starts_at_a_time_too_or_with_what_comes_where_no_record_has_it()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        for (int i = 1; i <= 20; i++) log.Append("k"u8, "v"u8, new TimestampMs(i * 100));
        await log.SettleAsync();
        await using IAsyncEnumerator<StoredRecord> follower = log.FollowAsync(new TimestampMs(1_950)).GetAsyncEnumerator();
        Assert.True(await follower.MoveNextAsync());
        Assert.Equal(new Offset(19), follower.Current.Offset);
        await using IAsyncEnumerator<StoredRecord> later = log.FollowAsync(new TimestampMs(9_999)).GetAsyncEnumerator();
        ValueTask<bool> next = later.MoveNextAsync();
        log.Append("k", "later");
        Assert.True(await next);
        Assert.Equal(new Offset(20), later.Current.Offset);
    }

    [Fact]
    public async Task A_reader_at_the_end_finds_what_comes_later()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        log.Append("k", "1");
        await log.SettleAsync();
        RecordLogReader reader = log.Read(Offset.Zero);
        Assert.True(reader.MoveNext());
        Assert.False(reader.MoveNext());

        Append(log);
        Assert.True(reader.MoveNext());
        Assert.Equal("2", EmbeddedLog.Text(reader.Current.Value));
        reader.Dispose();

        static void Append(RecordLog log) => log.AppendAsync("k"u8, "2"u8, Acknowledgement.Written).AsTask().GetAwaiter().GetResult();
    }

    [Fact]
    public async Task Disposing_keeps_all_and_opening_finds_it()
    {
        using TemporaryFolder folder = new();
        await using (RecordLog log = await RecordLog.OpenAsync(folder.Path))
        {
            for (int i = 0; i < 1_000; i++) log.Append("k", $"v{i}");
        }

        await using RecordLog again = await RecordLog.OpenAsync(folder.Path);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(static i => $"{i}:k=v{i}"), again.ReadAll());
        Assert.Equal(new Offset(1_000), again.Append("k", "more"));
    }

    [Fact]
    public async Task Cutting_the_end_gives_its_offsets_to_new_records()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        for (int i = 0; i < 6; i++) await log.AppendAsync("k"u8, "old"u8, Acknowledgement.Written);

        Assert.Equal(new Offset(4), log.TruncateTo(new Offset(4)));
        Assert.Equal(new Offset(4), log.Append("k", "new"));
        await log.SettleAsync();

        Assert.Equal(["3:k=old", "4:k=new"], log.ReadAll(from: 3));
    }

    [Fact]
    public async Task Deleting_moves_the_start_and_reading_before_it_is_refused()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        for (int i = 0; i < 6; i++) log.Append("k", "v");
        await log.SettleAsync();

        log.DeleteBefore(new Offset(4));

        Assert.Equal(["4:k=v", "5:k=v"], log.ReadAll(from: 4));
        OffsetOutOfRangeException refused = Assert.Throws<OffsetOutOfRangeException>(() => log.ReadAll(from: 3));
        Assert.Equal((new Offset(3), new Offset(4), new Offset(6)), (refused.Offset, refused.LogStartOffset, refused.EndOffset));
        Assert.Throws<OffsetOutOfRangeException>(() => log.ReadAll(from: 7));
        Assert.Throws<OffsetOutOfRangeException>(() => log.DeleteBefore(new Offset(7)));
    }

    [Fact]
    public async Task Retention_on_demand_removes_what_is_too_much()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync(new LogOptions { SegmentBytes = 1_000, RetentionBytes = 2_500 });
        for (int i = 0; i < 100; i++) await log.AppendAsync("k"u8, new byte[100], Acknowledgement.Written);

        log.ApplyRetention();

        Assert.InRange(log.GetStatistics().SizeBytes, 1_000, 3_500);
        Assert.True(log.LogStartOffset > Offset.Zero);
    }

    [Fact]
    public async Task Compaction_on_demand_keeps_the_last_value_of_each_key()
    {
        LogOptions options = new() { SegmentBytes = 1_000, CleanupPolicy = CleanupPolicies.Compact };
        await using RecordLog log = await EmbeddedLog.OpenAsync(options);
        for (int i = 0; i < 100; i++) await log.AppendAsync(new[] { (byte)(i % 4) }, new byte[100], Acknowledgement.Written);

        CompactionResult? result = await log.CompactAsync();

        Assert.NotNull(result);
        Assert.Equal((result.CleanedUpTo, result), (log.GetStatistics().CompactedUpTo, log.GetStatistics().LastCompaction));
        Assert.InRange(log.ReadAll().Count, 4, 20);
    }

    [Fact]
    public async Task Statistics_say_how_far_records_have_come()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync();
        for (int i = 0; i < 5; i++) log.Append("k", "v");
        log.Flush();
        RecordLogStatistics statistics = log.GetStatistics();

        Assert.Equal(
            (Offset.Zero, new Offset(5), new Offset(5), new Offset(5), 1),
            (statistics.LogStartOffset, statistics.EndOffset, statistics.NextOffset, statistics.FlushedOffset, statistics.SegmentCount));
    }
}
