using Microsoft.Extensions.Time.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Embedding;

/// <summary>Goal: an append that was acknowledged at a level is there at that level, and a failure reaches all who wait.</summary>
public sealed class AcknowledgementTests
{
    [Fact]
    public async Task What_was_acknowledged_as_flushed_survives_a_crash()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        FaultyDevice device = new(3, time) { SurvivalPercent = 0 };
        RecordLog log = await RecordLog.OpenAsync(EmbeddedLog.Directory, null, EmbeddedLog.Options(device, time));
        for (int i = 0; i < 10; i++) await log.AppendAsync("k"u8, "flushed"u8, Acknowledgement.Flushed);
        await log.AppendAsync("k"u8, "written"u8, Acknowledgement.Written);

        device.Crash();

        await using RecordLog again = await RecordLog.OpenAsync(EmbeddedLog.Directory, null, EmbeddedLog.Options(device, time));
        Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"{i}:k=flushed"), again.ReadAll());
    }

    [Fact]
    public async Task A_disk_that_loses_what_was_flushed_is_noticed()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        FaultyDevice device = new(3, time) { SurvivalPercent = 0, LosesFlush = static path => path.EndsWith(".log", StringComparison.Ordinal) };
        RecordLog log = await RecordLog.OpenAsync(EmbeddedLog.Directory, null, EmbeddedLog.Options(device, time));
        for (int i = 0; i < 10; i++) await log.AppendAsync("k"u8, "flushed"u8, Acknowledgement.Flushed);

        device.Crash();

        await using RecordLog again = await RecordLog.OpenAsync(EmbeddedLog.Directory, null, EmbeddedLog.Options(device, time));
        Assert.Empty(again.ReadAll());
    }

    [Fact]
    public async Task Appends_that_come_during_a_flush_share_the_next_one()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        GatedDevice device = new(new MemoryDevice(time));
        await using RecordLog log = await RecordLog.OpenAsync(EmbeddedLog.Directory, null, EmbeddedLog.Options(device, time));
        int before = device.Flushes;
        device.HoldFlushes();
        Task<Offset> first = Task.Run(() => log.AppendAsync("k"u8, "v"u8, Acknowledgement.Flushed).AsTask());
        await device.FlushArrived;

        Task<Offset>[] others = [.. Enumerable.Range(0, 64).Select(_ => log.AppendAsync("k"u8, "v"u8, Acknowledgement.Flushed).AsTask())];
        Assert.DoesNotContain(others, static each => each.IsCompleted);
        device.ReleaseFlushes();

        Assert.Equal(Offset.Zero, await first);
        Assert.Equal(Enumerable.Range(1, 64).Select(static i => new Offset(i)), await Task.WhenAll(others));
        Assert.Equal(before + 2, device.Flushes);
    }

    [Fact]
    public async Task Records_are_written_and_read_while_a_flush_is_under_way()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        GatedDevice device = new(new MemoryDevice(time));
        await using RecordLog log = await RecordLog.OpenAsync(EmbeddedLog.Directory, null, EmbeddedLog.Options(device, time));
        device.HoldFlushes();
        Task<Offset> flushing = Task.Run(() => log.AppendAsync("k"u8, "1"u8, Acknowledgement.Flushed).AsTask());
        await device.FlushArrived;

        await log.AppendAsync("k"u8, "2"u8, Acknowledgement.Written);

        Assert.Equal(["0:k=1", "1:k=2"], log.ReadAll());
        Assert.False(flushing.IsCompleted);
        device.ReleaseFlushes();
        await flushing;
    }

    [Fact]
    public async Task A_failed_flush_reaches_all_who_wait_and_names_the_file()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        FaultyDevice faulty = new(3, time);
        GatedDevice device = new(faulty);
        RecordLog log = await RecordLog.OpenAsync(EmbeddedLog.Directory, null, EmbeddedLog.Options(device, time));
        device.HoldFlushes();
        Task<Offset> first = Task.Run(() => log.AppendAsync("k"u8, "v"u8, Acknowledgement.Flushed).AsTask());
        await device.FlushArrived;
        Task<Offset>[] others = [.. Enumerable.Range(0, 8).Select(_ => log.AppendAsync("k"u8, "v"u8, Acknowledgement.Flushed).AsTask())];
        faulty.FailsFlush = static path => path.EndsWith(".log", StringComparison.Ordinal);
        device.ReleaseFlushes();

        foreach (Task<Offset> append in others.Append(first))
        {
            DirectoryOfflineException failure = await Assert.ThrowsAsync<DirectoryOfflineException>(() => append);
            Assert.Contains("00000000000000000000.log", failure.Message);
        }

        Assert.Throws<DirectoryOfflineException>(() => log.Append("k", "late"));
        await Assert.ThrowsAsync<DirectoryOfflineException>(async () => await log.WaitFlushedAsync(Offset.Zero));
        await log.DisposeAsync();
    }

    [Fact]
    public async Task A_failed_write_reaches_who_waits_also_in_the_directorys_other_logs()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        FaultyDevice device = new(3, time);
        await using LogDirectory directory = await LogDirectory.OpenAsync("/d", EmbeddedLog.Options(device, time));
        RecordLog failing = directory.OpenLog("failing"), other = directory.OpenLog("other");
        ValueTask waiting = other.WaitWrittenAsync(Offset.Zero);
        device.FailsWrite = static path => path.Contains("failing", StringComparison.Ordinal);

        await Assert.ThrowsAsync<DirectoryOfflineException>(async () => await failing.AppendAsync(new byte[1], new byte[1], Acknowledgement.Written));
        await Assert.ThrowsAsync<DirectoryOfflineException>(async () => await waiting);
        Assert.Throws<DirectoryOfflineException>(() => other.Append("k", "v"));
        Assert.Throws<DirectoryOfflineException>(() => other.ReadAll());
        Assert.True(directory.IsOffline);
    }

    [Fact]
    public async Task A_full_disk_refuses_appends_and_takes_them_again_when_there_is_room()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        FaultyDevice device = new(3, time) { FreeBytes = 1_000_000 };
        LogDirectoryOptions options = EmbeddedLog.Options(device, time) with { DiskReserveBytes = 100_000 };
        await using LogDirectory directory = await LogDirectory.OpenAsync("/d", options);
        RecordLog log = directory.OpenLog("log");
        await log.AppendAsync("k"u8, "before"u8, Acknowledgement.Written);

        device.FreeBytes = 50_000;
        directory.RunHousekeeping(TimestampMs.Now(time));
        Assert.Throws<DiskFullException>(() => log.Append("k", "refused"));
        Assert.Throws<DiskFullException>(() => { log.AppendBatchAsync(KeyedBatch.Of(1, ("x", "1"))); });
        Assert.Equal(["0:k=before"], log.ReadAll());

        device.FreeBytes = 1_000_000;
        directory.RunHousekeeping(TimestampMs.Now(time));
        directory.RunHousekeeping(TimestampMs.Now(time));
        Assert.Equal(new Offset(1), log.Append("k", "after"));
    }

    [Fact]
    public async Task Waiting_can_be_given_up_and_the_record_is_there_all_the_same()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        GatedDevice device = new(new MemoryDevice(time));
        await using RecordLog log = await RecordLog.OpenAsync(EmbeddedLog.Directory, null, EmbeddedLog.Options(device, time));
        device.HoldFlushes();
        Task<Offset> first = Task.Run(() => log.AppendAsync("k"u8, "1"u8, Acknowledgement.Flushed).AsTask());
        await device.FlushArrived;
        using CancellationTokenSource stop = new();
        ValueTask<Offset> second = log.AppendAsync("k"u8, "2"u8, Acknowledgement.Flushed, cancellation: stop.Token);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await second);
        device.ReleaseFlushes();
        await first;
        await log.FlushAsync();

        Assert.Equal(["0:k=1", "1:k=2"], log.ReadAll());
        Assert.True((await Record.ExceptionAsync(async () => await log.AppendAsync(new byte[1], new byte[1], Acknowledgement.Written, cancellation: stop.Token))) is OperationCanceledException);
    }

    [Fact]
    public async Task More_waiting_callers_than_allowed_are_refused()
    {
        await using RecordLog log = await EmbeddedLog.OpenAsync(new LogOptions { PendingAppendsMax = 2 });
        ValueTask first = log.WaitWrittenAsync(Offset.Zero), second = log.WaitWrittenAsync(Offset.Zero);

        Assert.Contains("limit", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await log.WaitWrittenAsync(Offset.Zero))).Message);

        log.Append("k", "v");
        await first;
        await second;
    }

    [Fact]
    public async Task Every_record_is_flushed_before_its_write_is_acknowledged_where_flush_messages_asks_for_it()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        FaultyDevice device = new(3, time) { SurvivalPercent = 0 };
        LogOptions options = new() { FlushMessages = 1 };
        RecordLog log = await RecordLog.OpenAsync(EmbeddedLog.Directory, options, EmbeddedLog.Options(device, time));
        await log.AppendAsync("k"u8, "v"u8, Acknowledgement.Written);

        device.Crash();

        await using RecordLog again = await RecordLog.OpenAsync(EmbeddedLog.Directory, options, EmbeddedLog.Options(device, time));
        Assert.Equal(["0:k=v"], again.ReadAll());
    }

    [Fact]
    public async Task The_directory_flushes_by_itself_what_has_waited_for_flush_ms()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        await using LogDirectory directory = await LogDirectory.OpenAsync("/d", EmbeddedLog.Options(new MemoryDevice(time), time));
        RecordLog log = directory.OpenLog("log", new LogOptions { FlushMs = 5_000 });
        await log.AppendAsync("k"u8, "v"u8, Acknowledgement.Written);
        Assert.Equal(Offset.Zero, log.FlushedOffset);

        time.Advance(TimeSpan.FromSeconds(6));
        directory.RunHousekeeping(TimestampMs.Now(time));

        Assert.Equal(new Offset(1), log.FlushedOffset);
    }
}
