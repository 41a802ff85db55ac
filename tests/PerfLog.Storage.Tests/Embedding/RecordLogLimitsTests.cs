using Microsoft.Extensions.Time.Testing;
using PerfLog.Records;
using PerfLog.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Embedding;

/// <summary>Goal: who asks for what cannot be done is told what and why, and the log is as before.</summary>
public sealed class RecordLogLimitsTests
{
    [Fact]
    public async Task A_record_over_the_limit_is_refused_and_one_below_it_taken()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync(new LogOptions { MaxMessageBytes = 5_000 });

        ArgumentException refused = Assert.Throws<ArgumentException>(() => log.Append(new byte[5_000]));
        Assert.Contains("max.message.bytes allows 5000", refused.Message);
        Assert.Equal(Offset.Zero, log.Append(new byte[4_900]));
    }

    [Fact]
    public async Task A_record_larger_than_a_block_gets_a_batch_of_its_own()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        LogDirectoryOptions options = EmbeddedLog.Options(new MemoryDevice(time), time) with { BatchBytes = 2_000, BufferBytes = 4_000 };
        await using RecordLog log = await RecordLog.OpenAsync(EmbeddedLog.Directory, null, options);
        for (int i = 0; i < 30; i++) log.Append(new byte[i % 3 == 0 ? 9_000 : 500]);
        await log.SettleAsync();

        List<int> sizes = [];
        foreach (RecordView record in log.Read(Offset.Zero)) sizes.Add(record.Value.Span.Length);
        Assert.Equal(Enumerable.Range(0, 30).Select(static i => i % 3 == 0 ? 9_000 : 500), sizes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    public async Task A_name_that_is_no_topics_is_refused(string name)
    {
        FakeTimeProvider time = TestDirectory.Clock();
        await using LogDirectory directory = await LogDirectory.OpenAsync("/d", EmbeddedLog.Options(new MemoryDevice(time), time));

        Assert.Throws<ArgumentException>(() => directory.OpenLog(name));
    }

    [Fact]
    public async Task Settings_that_make_no_sense_are_refused_by_name()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        LogDirectoryOptions options = EmbeddedLog.Options(new MemoryDevice(time), time);
        await using LogDirectory directory = await LogDirectory.OpenAsync("/d", options);
        (LogOptions Options, string Name)[] wrong =
        [
            (new() { SegmentBytes = 10 }, "segment.bytes"),
            (new() { RetentionMs = -2 }, "retention.ms"),
            (new() { FlushMessages = 0 }, "flush.messages"),
            (new() { MinCleanableDirtyRatio = 1.5 }, "min.cleanable.dirty.ratio"),
            (new() { MinCleanableDirtyRatio = double.NaN }, "min.cleanable.dirty.ratio"),
            (new() { Compression = (CompressionCodec)9 }, "compression.type"),
            (new() { PendingAppendsMax = 0 }, "PendingAppendsMax"),
        ];

        foreach ((LogOptions bad, string name) in wrong)
            Assert.Contains(name, Assert.Throws<ArgumentException>(() => directory.OpenLog("log", bad)).Message);
        Assert.Empty(directory.Logs);
        await Assert.ThrowsAsync<ArgumentException>(async () => await LogDirectory.OpenAsync("/e", options with { BatchBytes = 5 }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await LogDirectory.OpenAsync("/e", options with { BufferBytes = 5 }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await LogDirectory.OpenAsync("/e", options with { HousekeepingInterval = TimeSpan.Zero }));
    }

    [Fact]
    public async Task A_directory_opens_once()
    {
        using TemporaryFolder folder = new();
        await using RecordLog log = await RecordLog.OpenAsync(folder.Path);

        await Assert.ThrowsAsync<DirectoryLockedException>(async () => await RecordLog.OpenAsync(folder.Path));
    }

    [Fact]
    public async Task A_directory_of_a_broker_opens_and_keeps_its_owner()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        MemoryDevice device = new(time);
        await using (TestDirectory broker = await TestDirectory.OpenAsync(device, time, path: "/d")) broker.Append(KeyedBatch.Of(1_000, ("a", "1")));

        await using (LogDirectory directory = await LogDirectory.OpenAsync("/d", EmbeddedLog.Options(device, time)))
            Assert.Equal(["0:a=1"], directory.OpenLog(TestDirectory.Partition.Topic).ReadAll());

        await using TestDirectory again = await TestDirectory.OpenAsync(device, time, path: "/d");
        Assert.Equal(new Offset(1), again.Log.EndOffset);
    }

    [Fact]
    public async Task Logs_of_one_directory_are_apart_and_one_name_is_one_log()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        await using LogDirectory directory = await LogDirectory.OpenAsync("/d", EmbeddedLog.Options(new MemoryDevice(time), time));
        RecordLog first = directory.OpenLog("orders"), second = directory.OpenLog("orders", partition: 1);
        first.Append("a", "1");
        second.Append("b", "2");
        await first.SettleAsync();
        await second.SettleAsync();

        Assert.Same(first, directory.OpenLog("orders"));
        Assert.Equal(["0:a=1"], first.ReadAll());
        Assert.Equal(["0:b=2"], second.ReadAll());
    }

    [Fact]
    public async Task A_disposed_or_deleted_log_refuses_records_and_says_so()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        await using LogDirectory directory = await LogDirectory.OpenAsync("/d", EmbeddedLog.Options(new MemoryDevice(time), time));
        RecordLog disposed = directory.OpenLog("disposed"), deleted = directory.OpenLog("deleted");
        disposed.Append("k", "kept");
        await disposed.DisposeAsync();
        directory.Delete(deleted.Partition);

        Assert.Throws<ObjectDisposedException>(() => disposed.Append("k", "v"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await disposed.AppendAsync("k"u8.ToArray(), "v"u8.ToArray(), Acknowledgement.Flushed));
        Assert.Contains("deleted", Assert.Throws<StorageException>(() => deleted.Append("k", "v")).Message);
        Assert.Equal(["0:k=kept"], directory.OpenLog("disposed").ReadAll());
        Assert.Equal(Offset.Zero, directory.OpenLog("deleted").Append("k", "new"));
    }
}
