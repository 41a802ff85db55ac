using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PerfLog.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests;

public sealed class LogDirectoryTests
{
    private readonly FakeTimeProvider _time = TestDirectory.Clock();

    [Fact]
    public async Task A_directory_can_be_opened_once_only_and_the_error_names_it()
    {
        using TemporaryFolder folder = new();
        await using TestDirectory test = await TestDirectory.OpenAsync(new VectoredDevice(), _time, path: folder.Path);

        DirectoryLockedException refused = await Assert.ThrowsAsync<DirectoryLockedException>(() => OpenAsync(new VectoredDevice(), folder.Path));

        Assert.Contains(folder.Path, refused.Message, StringComparison.Ordinal);
        await test.RestartAsync();
    }

    [Fact]
    public async Task Another_clusters_directory_is_refused_and_its_own_id_is_kept()
    {
        MemoryDevice device = new(_time);
        Uuid id;
        await using (LogDirectory first = await OpenAsync(device, "/data")) id = first.DirectoryId;
        await using (LogDirectory second = await OpenAsync(device, "/data")) Assert.Equal(id, second.DirectoryId);

        LogDirectorySettings other = TestDirectory.SettingsFor("/data") with { ClusterId = "cluster-2" };
        DirectoryMismatchException refused = await Assert.ThrowsAsync<DirectoryMismatchException>(
            async () => await LogDirectory.OpenAsync(other, device, _ => LogOptions.Default, _time, NullLogger.Instance));

        Assert.Contains("cluster.id is 'cluster-1', but this broker's is 'cluster-2'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_log_is_gone_at_once_and_its_folder_later()
    {
        FaultyDevice device = new(2, _time);
        await using TestDirectory test = await TestDirectory.OpenAsync(device, _time);
        PartitionLog log = test.Log;
        test.Append(TestBatch.Of(1));

        test.Directory.Delete(TestDirectory.Partition);

        Assert.False(test.Directory.TryGet(TestDirectory.Partition, out _));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await log.AppendAsync(TestBatch.Of(1), default)).Error);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, log.Read(Offset.Zero, 100, new Offset(1), true).Error);
        Assert.Matches(@"^topic-0\.[0-9a-f]{32}-delete$", Assert.Single(device.ListDirectories("/data")));
        _time.Advance(TimeSpan.FromMinutes(1));
        test.Housekeep();
        Assert.Empty(device.ListDirectories("/data"));
    }

    [Fact]
    public async Task A_log_made_under_an_old_name_knows_nothing_of_the_old_ones_offsets_even_after_a_crash()
    {
        FaultyDevice device = new(2, _time);
        TestDirectory test = await TestDirectory.OpenAsync(device, _time);
        for (int i = 0; i < 50; i++) test.Append(TestBatch.Of(1));
        test.Log.DeleteRecordsBefore(new Offset(40));
        test.Housekeep();
        test.Directory.Delete(TestDirectory.Partition);

        test.Directory.Create(TestDirectory.Partition, new Uuid(3, 4), LogOptions.Default);
        test.Append(TestBatch.Of(5));
        test.Log.Flush();
        device.Crash();
        await test.ReopenAfterCrashAsync();

        Assert.Equal((Offset.Zero, new Offset(5)), (test.Log.LogStartOffset, test.Log.EndOffset));
        Assert.Equal(new Uuid(3, 4), test.Log.TopicId);
        await test.DisposeAsync();
    }

    [Fact]
    public async Task A_failed_write_takes_the_directory_offline_and_keeps_its_cause()
    {
        FaultyDevice device = new(2, _time);
        await using TestDirectory test = await TestDirectory.OpenAsync(device, _time);
        test.Append(TestBatch.Of(1));
        device.FailsWrite = static path => path.EndsWith(".log", StringComparison.Ordinal);

        Assert.Equal(ErrorCode.KafkaStorageError, test.Append(TestBatch.Of(1)).Error);

        device.FailsWrite = static _ => false;
        Assert.True(test.Directory.IsOffline);
        Assert.Contains("injected", test.Directory.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.KafkaStorageError, test.Append(TestBatch.Of(1)).Error);
        Assert.Equal(ErrorCode.KafkaStorageError, test.Log.Read(Offset.Zero, 100, new Offset(1), true).Error);
        Assert.Throws<DirectoryOfflineException>(test.Log.Flush);
    }

    [Fact]
    public async Task A_failed_flush_is_never_acknowledged_and_leaves_no_clean_mark()
    {
        FaultyDevice device = new(2, _time);
        TestDirectory test = await TestDirectory.OpenAsync(device, _time, new LogOptions { FlushMessages = 1 });
        device.FailsFlush = static path => path.EndsWith(".log", StringComparison.Ordinal);

        Assert.Equal(ErrorCode.KafkaStorageError, test.Append(TestBatch.Of(1)).Error);
        await test.DisposeAsync();

        Assert.False(device.FileExists("/data/.kafka_cleanshutdown"));
    }

    [Fact]
    public async Task What_a_failed_flush_left_in_the_page_cache_is_written_again_when_the_directory_is_opened_again()
    {
        FaultyDevice device = new(2, _time) { SurvivalPercent = 0 };
        TestDirectory test = await TestDirectory.OpenAsync(device, _time);
        test.Append(TestBatch.Of(3));
        test.Log.Flush();
        test.Append(TestBatch.Of(2));
        device.FailsFlush = static path => path.EndsWith(".log", StringComparison.Ordinal);
        Assert.ThrowsAny<IOException>(test.Log.Flush);
        device.FailsFlush = static _ => false;
        await test.DisposeAsync();

        await test.OpenAsync();
        Assert.Equal(new Offset(5), test.Log.EndOffset);
        test.Append(TestBatch.Of(1));
        test.Log.Flush();
        device.Crash();
        await test.OpenAsync();

        Assert.Equal(new Offset(6), test.Log.EndOffset);
        Assert.DoesNotContain(device.AllFiles(), static path => path.EndsWith(".write-failed", StringComparison.Ordinal));
        await test.DisposeAsync();
    }

    [Fact]
    public async Task A_full_disk_says_so_and_what_was_acknowledged_survives()
    {
        FaultyDevice device = new(2, _time);
        TestDirectory test = await TestDirectory.OpenAsync(device, _time);
        test.Append(TestBatch.Of(3));
        test.Log.Flush();
        device.FreeBytes = 40;

        Assert.Equal(ErrorCode.KafkaStorageError, test.Append(TestBatch.Of(1)).Error);
        Assert.Contains("no space left", test.Directory.Failure!.Message, StringComparison.Ordinal);

        device.FreeBytes = long.MaxValue;
        await test.RestartAsync();
        Assert.Equal(new Offset(3), test.Log.EndOffset);
        await test.DisposeAsync();
    }

    [Fact]
    public async Task Appends_are_refused_while_only_the_reserve_is_left_and_taken_again_when_there_is_room()
    {
        FaultyDevice device = new(2, _time);
        await using TestDirectory test = new(device, _time, new LogOptions { RetentionMs = -1 })
        {
            Settings = TestDirectory.SettingsFor("/data") with { DiskReserveBytes = 10_000 },
        };
        await test.OpenAsync();
        test.Append(TestBatch.Of(3));
        device.FreeBytes = 9_999;
        test.Housekeep();

        Assert.True(test.Directory.IsFull);
        Assert.Equal(ErrorCode.KafkaStorageError, test.Append(TestBatch.Of(1)).Error);
        Assert.Equal(ErrorCode.KafkaStorageError, test.Log.AppendAsFollower(TestBatch.Numbered(TestBatch.Of(1), 3, 0)).Error);
        DiskFullException refused = Assert.Throws<DiskFullException>(
            () => test.Directory.Create(new TopicPartition("other", 0), new Uuid(3, 4), LogOptions.Default));
        Assert.Contains("9999 bytes are left, and 10000 are kept in reserve", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(test.Read(0));
        Assert.False(test.Directory.IsOffline);

        device.FreeBytes = 1_000_000;
        test.Housekeep();

        Assert.Equal(new Offset(3), test.Append(TestBatch.Of(1)).BaseOffset);
    }

    [Fact]
    public async Task A_disk_that_fills_fast_is_full_while_the_reserve_lasts_until_the_next_look()
    {
        FaultyDevice device = new(2, _time) { FreeBytes = 100_000 };
        await using TestDirectory test = new(device, _time, new LogOptions { RetentionMs = -1 })
        {
            Settings = TestDirectory.SettingsFor("/data") with { DiskReserveBytes = 10_000 },
        };
        await test.OpenAsync();
        test.Housekeep();

        device.FreeBytes = 70_000;
        test.Housekeep();
        Assert.False(test.Directory.IsFull);

        device.FreeBytes = 45_000;
        test.Housekeep();
        Assert.False(test.Directory.IsFull);

        device.FreeBytes = 25_000;
        test.Housekeep();
        Assert.True(test.Directory.IsFull);
    }

    [Fact]
    public async Task A_log_that_cannot_be_opened_is_set_aside_untouched_and_the_others_are_opened()
    {
        FaultyDevice device = new(2, _time);
        TestDirectory test = await TestDirectory.OpenAsync(device, _time);
        TopicPartition other = new("other", 0);
        test.Directory.Create(other, new Uuid(3, 4), LogOptions.Default);
        for (int i = 0; i < 50; i++) test.Append(TestBatch.Of(1));
        test.Log.DeleteRecordsBefore(new Offset(40));
        await test.DisposeAsync();
        string metadata = Path.Combine(test.Folder, "partition.metadata");
        byte[] good = AtomicFile.Read(device, metadata)!;
        device.Corrupt(metadata, static _ => "topic_id: none"u8.ToArray());

        await using (LogDirectory damaged = await OpenAsync(device, "/data"))
        {
            Assert.True(damaged.TryGet(other, out _));
            Assert.False(damaged.TryGet(TestDirectory.Partition, out _));
            Assert.Contains("'none' is no id", damaged.Damaged[TestDirectory.Partition].Message, StringComparison.Ordinal);
            Assert.Throws<StorageException>(() => damaged.Create(TestDirectory.Partition, new Uuid(1, 2), LogOptions.Default));
        }

        device.Corrupt(metadata, _ => good);
        await using LogDirectory repaired = await OpenAsync(device, "/data");
        Assert.True(repaired.TryGet(TestDirectory.Partition, out PartitionLog? log));
        Assert.Equal((new Offset(40), new Offset(50)), (log.LogStartOffset, log.EndOffset));
    }

    [Theory]
    [InlineData("recovery-point-offset-checkpoint")]
    [InlineData("log-start-offset-checkpoint")]
    [InlineData("replication-offset-checkpoint")]
    [InlineData("cleaner-offset-checkpoint")]
    public async Task A_checkpoint_that_makes_no_sense_is_written_anew(string name)
    {
        FaultyDevice device = new(2, _time);
        TestDirectory test = await TestDirectory.OpenAsync(device, _time);
        test.Append(TestBatch.Of(3));
        await test.DisposeAsync();
        AtomicFile.Write(device, Path.Combine("/data", name), "0\n7\ntopic");

        await test.OpenAsync();

        Assert.Equal(new Offset(3), test.Log.EndOffset);
        await test.DisposeAsync();
        if (name != "cleaner-offset-checkpoint") Assert.StartsWith("0\n1\ntopic 0 ", AtomicFile.ReadText(device, Path.Combine("/data", name)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_failed_directory_leaves_others_alone()
    {
        FaultyDevice device = new(2, _time);
        await using TestDirectory broken = await TestDirectory.OpenAsync(device, _time, path: "/one");
        await using TestDirectory sound = await TestDirectory.OpenAsync(device, _time, path: "/two");
        device.FailsWrite = static path => path.StartsWith("/one", StringComparison.Ordinal);

        Assert.Equal(ErrorCode.KafkaStorageError, broken.Append(TestBatch.Of(1)).Error);
        Assert.Equal(ErrorCode.None, sound.Append(TestBatch.Of(1)).Error);
    }

    [Fact]
    public async Task The_high_watermark_and_the_log_start_survive_a_clean_stop()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        for (int i = 0; i < 10; i++) await test.Log.AppendAsync(TestBatch.Of(1), new LeaderEpoch(0));
        test.Log.AdvanceHighWatermark(new Offset(6));
        test.Log.DeleteRecordsBefore(new Offset(4));

        await test.RestartAsync();

        Assert.Equal((4L, 6L, 10L), (test.Log.LogStartOffset.Value, test.Log.HighWatermark.Value, test.Log.EndOffset.Value));
        Assert.Equal(new Uuid(1, 2), test.Log.TopicId);
    }

    private async Task<LogDirectory> OpenAsync(IStorageDevice device, string path) => await LogDirectory.OpenAsync(
        TestDirectory.SettingsFor(path), device, _ => LogOptions.Default, _time, NullLogger.Instance);
}
