using PerfLog.Records;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Compaction;

public sealed class LogCompactorTests
{
    private static readonly LogOptions Compacted = new()
    {
        SegmentBytes = 400,
        IndexIntervalBytes = 100,
        CleanupPolicy = CleanupPolicies.Compact,
        DeleteRetentionMs = 10_000,
        FileDeleteDelayMs = 1_000,
    };

    [Fact]
    public async Task The_latest_record_of_each_key_stays_at_its_offset()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted);
        for (int i = 0; i < 40; i++) test.Append(KeyedBatch.Of(1_000 + i, ($"key-{i % 4}", $"value-{i}")));
        long dirtyEnd = test.Log.State.Active.BaseOffset.Value;

        CompactionResult? result = await test.CompactAsync();

        List<KeyedRecord> left = [.. KeyedBatch.Read(test.ReadAll()).Where(record => record.Offset < dirtyEnd)];
        Assert.Equal([dirtyEnd - 4, dirtyEnd - 3, dirtyEnd - 2, dirtyEnd - 1], left.Select(static record => record.Offset));
        Assert.All(left, static record => Assert.Equal($"value-{record.Offset}", record.Value));
        Assert.All(left, static record => Assert.Equal(1_000 + record.Offset, record.TimestampMs));
        Assert.Equal((dirtyEnd, 4, dirtyEnd, 4L), (result!.CleanedUpTo.Value, result.Keys, result.RecordsRead, result.RecordsKept));
        Assert.Equal(new Offset(40), test.Log.EndOffset);
        Assert.Same(result, test.Log.LastCompaction);
    }

    [Fact]
    public async Task Segments_that_have_become_small_are_merged_up_to_the_segment_size()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted);
        for (int i = 0; i < 40; i++) test.Append(KeyedBatch.Of(1_000 + i, ($"key-{i % 4}", $"value-{i}")));
        await test.CompactAsync();
        int before = test.Log.SegmentCount;
        for (int i = 0; i < 20; i++) test.Append(KeyedBatch.Of(2_000 + i, ("other", $"{i}")));

        CompactionResult? result = await test.CompactAsync();

        Assert.True(result!.SegmentsWritten < result.SegmentsReplaced);
        Assert.InRange(test.Log.SegmentCount, 2, before);
        Assert.All(test.Log.State.Segments.Items, static segment => Assert.InRange(segment.SizeBytes, 0, 400));
        Assert.Equal(5, KeyedBatch.Read(test.ReadAll()).Select(static record => record.Key).Distinct().Count());
    }

    [Fact]
    public async Task A_part_of_a_batch_stays_with_its_first_and_last_offset_its_codec_and_its_producer()
    {
        foreach (CompressionCodec codec in Enum.GetValues<CompressionCodec>())
        {
            await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted);
            BatchProperties properties = new() { Codec = codec, ProducerId = new ProducerId(7), ProducerEpoch = 2, BaseSequence = 0 };
            test.Append(KeyedBatch.Of(new TimestampMs(5_000), properties, ("a", "1"), ("b", "1"), ("c", "1"), ("d", "1")), epoch: 3);
            test.Append(KeyedBatch.Of(5_001, ("a", "2"), ("c", "2"), ("d", "2")), epoch: 3);
            Roll(test, epoch: 3);

            await test.CompactAsync();

            byte[] bytes = test.Read(0);
            RecordBatchView batch = new(bytes);
            Assert.Equal((0L, 3L, codec), (batch.BaseOffset.Value, batch.LastOffset.Value, batch.Codec));
            Assert.Equal((7L, (short)2, 0, 3), (batch.ProducerId.Value, batch.ProducerEpoch, batch.BaseSequence, batch.PartitionLeaderEpoch.Value));
            Assert.Equal([1L, 4, 5, 6], KeyedBatch.Read(bytes).Where(static record => record.Key != "roll").Select(static record => record.Offset));
        }
    }

    [Fact]
    public async Task A_tombstone_stays_for_its_retention_and_then_goes()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted);
        test.Append(KeyedBatch.Of(test.Now.Value, ("a", "1"), ("b", "1")));
        test.Append(KeyedBatch.Of(test.Now.Value, ("a", null), ("c", "1")));
        await CompactAllAsync(test);
        Assert.Equal(["b=1", "a=", "c=1"], Contents(test));
        Assert.Equal(test.Now.Value + 10_000, new RecordBatchView(test.Read(2)).DeleteHorizon!.Value.Value);
        Assert.All(KeyedBatch.Read(test.ReadAll()).Where(static record => record.Key == "c"), record => Assert.Equal(test.Now.Value, record.TimestampMs));

        test.Time.Advance(TimeSpan.FromMilliseconds(9_999));
        await CompactAllAsync(test);
        Assert.Equal(["b=1", "a=", "c=1"], Contents(test));

        test.Time.Advance(TimeSpan.FromMilliseconds(1));
        await CompactAllAsync(test);
        Assert.Equal(["b=1", "c=1"], Contents(test));
    }

    [Fact]
    public async Task Records_without_a_key_go()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted);
        test.Append(KeyedBatch.Of(1, (null, "1"), ("a", "1")));

        await CompactAllAsync(test);

        Assert.Equal(["a=1"], Contents(test));
    }

    [Fact]
    public async Task Aborted_records_go_at_once_and_do_not_replace_others()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted);
        test.Append(KeyedBatch.Of(1, ("a", "1")));
        test.Append(Transactional(producer: 1, sequence: 0, ("a", "2"), ("b", "2")));
        test.Append(TestBatch.Marker(1, 0, isCommit: false));
        test.Append(Transactional(producer: 2, sequence: 0, ("b", "3")));
        test.Append(TestBatch.Marker(2, 0, isCommit: true));

        await CompactAllAsync(test);

        Assert.Equal(["a=1", "b=3"], Contents(test));
        AbortedTransaction kept = Assert.Single(test.Log.AbortedTransactions(Offset.Zero, test.Log.EndOffset));
        Assert.Equal((1L, 1L, 3L), (kept.ProducerId.Value, kept.FirstOffset.Value, kept.LastOffset.Value));
    }

    [Fact]
    public async Task A_marker_goes_when_its_data_is_gone_and_its_time_is_over()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted);
        test.Append(Transactional(producer: 1, sequence: 0, ("a", "1")));
        test.Append(TestBatch.Marker(1, 0, isCommit: true));
        test.Append(Transactional(producer: 1, sequence: 1, ("a", "2")));
        test.Append(TestBatch.Marker(1, 0, isCommit: true));
        await CompactAllAsync(test);
        Assert.Equal([1L, 3], Markers(test));

        await CompactAllAsync(test);
        Assert.Equal([1L, 3], Markers(test));
        Assert.NotNull(new RecordBatchView(test.Read(1)).DeleteHorizon);

        test.Time.Advance(TimeSpan.FromMilliseconds(10_000));
        await CompactAllAsync(test);
        Assert.Equal([3L], Markers(test));
        Assert.Equal(["a=2"], Contents(test));
    }

    [Fact]
    public async Task A_producers_last_batch_stays_as_a_header_so_that_its_sequence_goes_on_after_a_restart()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted);
        BatchProperties properties = new() { ProducerId = new ProducerId(7), ProducerEpoch = 0, BaseSequence = 0 };
        test.Append(KeyedBatch.Of(test.Now, properties, ("a", "1"), ("b", "1")));
        test.Append(KeyedBatch.Of(test.Now.Value, ("a", "2"), ("b", "2")));
        await CompactAllAsync(test);
        RecordBatchView header = new(test.Read(0));
        Assert.Equal((0, 0L, 1L), (header.RecordsCount, header.BaseOffset.Value, header.LastOffset.Value));

        await test.Directory.DisposeAsync();
        await test.OpenAsync();

        Assert.True(test.Append(KeyedBatch.Of(test.Now, properties, ("a", "1"), ("b", "1"))).Duplicate);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, test.Append(KeyedBatch.Of(test.Now, properties with { BaseSequence = 5 }, ("a", "9"))).Error);
    }

    [Fact]
    public async Task Nothing_at_or_above_the_last_stable_offset_is_compacted()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted);
        for (int i = 0; i < 30; i++) test.Append(KeyedBatch.Of(1_000 + i, ("a", $"{i}")));
        test.Append(Transactional(producer: 1, sequence: 0, ("b", "1")));
        for (int i = 0; i < 30; i++) test.Append(KeyedBatch.Of(2_000 + i, ("a", $"{i}")));
        long stable = test.Log.LastStableOffset.Value;

        CompactionResult? result = await test.CompactAsync();

        Assert.Equal(30, stable);
        Assert.InRange(result!.CleanedUpTo.Value, 1, stable);
        Assert.Equal(61 - result.CleanedUpTo.Value, KeyedBatch.Read(test.ReadAll()).Count(record => record.Offset >= result.CleanedUpTo.Value));
    }

    [Fact]
    public async Task Young_records_are_left_alone_for_the_minimum_lag()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted with { MinCompactionLagMs = 60_000 });
        for (int i = 0; i < 30; i++) test.Append(KeyedBatch.Of(test.Now.Value, ("a", $"{i}")));
        Assert.Null(await test.CompactAsync());

        test.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.NotNull(await test.CompactAsync());
    }

    [Fact]
    public async Task An_idle_logs_active_segment_is_sealed_when_the_maximum_lag_is_over()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted with { MaxCompactionLagMs = 60_000 });
        test.Append(KeyedBatch.Of(test.Now.Value, ("a", "1")));
        test.Append(KeyedBatch.Of(test.Now.Value, ("a", "2")));
        test.Time.Advance(TimeSpan.FromMinutes(1));
        test.Housekeep();
        Assert.Equal(1, test.Log.SegmentCount);

        test.Time.Advance(TimeSpan.FromMilliseconds(1));
        test.Housekeep();

        Assert.True(test.Log.CompactionBounds(test.Now).IsOverdue);
        await test.CompactAsync();
        Assert.Equal(["a=2"], Contents(test));
    }

    [Fact]
    public async Task With_too_little_memory_the_log_is_compacted_in_several_runs()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted);
        for (int i = 0; i < 60; i++) test.Append(KeyedBatch.Of(1_000, ($"key-{i % 20}", $"{i}")));
        CompactionSettings tiny = new() { DedupeBufferBytes = 24 * 10, LoadFactor = 0.9, IoBufferBytes = 200 };
        int runs = 0;
        while (await test.CompactAsync(tiny) is { } result)
        {
            Assert.True(++runs < 20);
            Assert.InRange(result.Keys, 1, 9);
        }

        Assert.True(runs > 2);
        Assert.Equal(test.Log.State.Active.BaseOffset, test.Log.CompactedUpTo);
        long dirtyEnd = test.Log.CompactedUpTo.Value;
        List<KeyedRecord> left = [.. KeyedBatch.Read(test.ReadAll()).Where(record => record.Offset < dirtyEnd)];
        Assert.Equal(left.Count, left.Select(static record => record.Key).Distinct().Count());
    }

    [Fact]
    public async Task A_reader_inside_a_replaced_segment_reads_on_to_its_end()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync(Compacted);
        for (int i = 0; i < 30; i++) test.Append(KeyedBatch.Of(1_000, ("a", $"{i}")));
        LogReadResult before = test.Log.Read(Offset.Zero, 10_000, test.Log.EndOffset, true);
        byte[] expected = new byte[before.Region.Length];
        before.Region.CopyTo(expected);

        await test.CompactAsync();
        test.Time.Advance(TimeSpan.FromMinutes(2));
        test.Housekeep();

        byte[] after = new byte[before.Region.Length];
        before.Region.CopyTo(after);
        before.Region.Release();
        Assert.Equal(expected, after);
        Assert.NotEqual(expected, test.Read(0));
    }

    [Fact]
    public async Task A_damaged_batch_ends_the_compaction_of_its_log_and_leaves_it_as_it_is()
    {
        var time = TestDirectory.Clock();
        FaultyDevice device = new(1, time);
        await using TestDirectory test = await TestDirectory.OpenAsync(device, time, Compacted);
        for (int i = 0; i < 30; i++) test.Append(KeyedBatch.Of(1_000, ("a", $"{i}")));
        string path = test.Log.State.Segments.First.Files.Log;
        device.Corrupt(path, static bytes =>
        {
            bytes[^1] ^= 1;
            return bytes;
        });
        int before = test.ReadAll().Length;

        CorruptLogException damage = await Assert.ThrowsAsync<CorruptLogException>(() => test.CompactAsync());

        Assert.Contains(path, damage.Message, StringComparison.Ordinal);
        Assert.Contains("checksum", test.Log.CompactionFault!, StringComparison.Ordinal);
        Assert.Null(await test.CompactAsync());
        Assert.Equal(before, test.ReadAll().Length);
        Assert.False(test.Directory.IsOffline);
    }

    [Fact]
    public async Task A_full_disk_leaves_the_log_as_it_is_and_compaction_goes_on_when_there_is_room()
    {
        var time = TestDirectory.Clock();
        FaultyDevice device = new(1, time);
        await using TestDirectory test = await TestDirectory.OpenAsync(device, time, Compacted);
        for (int i = 0; i < 30; i++) test.Append(KeyedBatch.Of(1_000, ($"key-{i}", $"{i}"), ("all", "1")));
        device.FreeBytes = 100;

        await Assert.ThrowsAsync<IOException>(() => test.CompactAsync());

        Assert.Equal(60, KeyedBatch.Read(test.ReadAll()).Count);
        Assert.DoesNotContain(device.AllFiles(), static path => path.EndsWith(".cleaned", StringComparison.Ordinal));
        device.FreeBytes = long.MaxValue;
        Assert.NotNull(await test.CompactAsync());
    }

    private static Memory<byte> Transactional(long producer, int sequence, params ReadOnlySpan<(string? Key, string? Value)> records) =>
        KeyedBatch.Of(
            new TimestampMs(1_000),
            new BatchProperties { ProducerId = new ProducerId(producer), ProducerEpoch = 0, BaseSequence = sequence, IsTransactional = true },
            records);

    /// <summary>Compacts all that is in the log now.</summary>
    private static async Task CompactAllAsync(TestDirectory test)
    {
        Roll(test);
        Assert.NotNull(await test.CompactAsync());
    }

    // One batch too large for what is in the active segment, and another one, so that the first is in a sealed segment.
    private static void Roll(TestDirectory test, int epoch = 0)
    {
        test.Append(KeyedBatch.Of(test.Now.Value, ("roll", new string('x', 300))), epoch);
        test.Append(KeyedBatch.Of(test.Now.Value, ("roll", new string('y', 300))), epoch);
    }

    private static List<string> Contents(TestDirectory test) =>
        [.. KeyedBatch.Read(test.ReadAll()).Where(static record => !record.IsControl && record.Key != "roll").Select(static record => $"{record.Key}={record.Value}")];

    private static List<long> Markers(TestDirectory test) =>
        [.. KeyedBatch.Read(test.ReadAll()).Where(static record => record.IsControl).Select(static record => record.Offset)];
}
