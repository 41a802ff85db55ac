using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PerfLog.Storage.Tests.Devices;
using PerfLog.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests;

/// <summary>Goal: flushes of many logs that are due together go to the device together, and each log is as safe as by itself.</summary>
public sealed class FlushOfManyTests
{
    private const int Logs = 100;

    private static readonly LogOptions Flushed = new() { FlushMs = 1_000, RetentionMs = -1 };

    private readonly FakeTimeProvider _time = TestDirectory.Clock();

    [Fact]
    public async Task Logs_whose_flushes_are_due_go_to_the_device_a_group_at_a_time_and_survive_a_crash()
    {
        FaultyDevice faulty = new(7, _time) { SurvivalPercent = 0 };
        FlushCounter device = new(faulty);
        LogDirectory directory = await OpenAsync(device, "/data");
        MakeAndAppend(directory);

        directory.RunHousekeeping(TimestampMs.Now(_time));
        Assert.Equal([], device.Groups);
        _time.Advance(TimeSpan.FromSeconds(2));
        directory.RunHousekeeping(TimestampMs.Now(_time));
        directory.RunHousekeeping(TimestampMs.Now(_time));

        Assert.Equal([64, Logs - 64], device.Groups);
        Assert.All(directory.Logs, static log => Assert.Equal(new Offset(1), log.RecoveryPoint));
        faulty.Crash();
        await AssertAllThereAsync(faulty, "/data");
    }

    [Fact]
    public async Task A_clean_stop_flushes_what_no_flush_has_covered_together()
    {
        FaultyDevice faulty = new(7, _time) { SurvivalPercent = 0 };
        FlushCounter device = new(faulty);
        LogDirectory directory = await OpenAsync(device, "/data");
        MakeAndAppend(directory);
        foreach (PartitionLog log in directory.Logs.Take(Logs - 10)) log.Flush();

        await directory.DisposeAsync();

        Assert.Equal([10], device.Groups);
        faulty.Crash();
        await AssertAllThereAsync(faulty, "/data");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Both_kinds_of_real_device_do_it(bool byRing)
    {
        using TemporaryFolder folder = new();
        IStorageDevice device = byRing ? RealDevices.IoUring() : new VectoredDevice();
        LogDirectory directory = await OpenAsync(device, folder.Path);
        MakeAndAppend(directory);
        _time.Advance(TimeSpan.FromSeconds(2));
        directory.RunHousekeeping(TimestampMs.Now(_time));

        Assert.False(directory.IsOffline, $"{directory.Failure}");
        Assert.All(directory.Logs, static log => Assert.Equal(new Offset(1), log.RecoveryPoint));
        await directory.DisposeAsync();
        await AssertAllThereAsync(device, folder.Path);
        (device as IDisposable)?.Dispose();
    }

    [Fact]
    public async Task A_failed_flush_takes_the_directory_offline_and_vouches_for_none_of_its_group()
    {
        FaultyDevice faulty = new(7, _time) { SurvivalPercent = 0 };
        LogDirectory directory = await OpenAsync(faulty, "/data");
        MakeAndAppend(directory);
        _time.Advance(TimeSpan.FromSeconds(2));
        faulty.FailsFlush = static path => path.Contains("many-7/", StringComparison.Ordinal);

        directory.RunHousekeeping(TimestampMs.Now(_time));

        Assert.Contains("many-7/", Assert.IsAssignableFrom<IOException>(directory.Failure).Message, StringComparison.Ordinal);
        Assert.True(directory.TryGet(new TopicPartition("many", 7), out PartitionLog? failed));
        Assert.Equal(Offset.Zero, failed.RecoveryPoint);

        // None is left as if a flush were still under way: another thread's would wait for ever.
        faulty.FailsFlush = static _ => false;
        Task others = Task.Run(() =>
        {
            foreach (PartitionLog log in directory.Logs) log.Flushing.Flush();
        });
        await others.WaitAsync(TimeSpan.FromSeconds(30));
        await directory.DisposeAsync();
    }

    private static void MakeAndAppend(LogDirectory directory)
    {
        for (int i = 0; i < Logs; i++)
        {
            PartitionLog log = directory.Create(new TopicPartition("many", i), new Uuid(1, i), Flushed);
            Assert.Equal(ErrorCode.None, log.AppendAsync(TestBatch.Of(1), new LeaderEpoch(0)).AsTask().GetAwaiter().GetResult().Error);
        }
    }

    private async Task AssertAllThereAsync(IStorageDevice device, string path)
    {
        await using LogDirectory again = await OpenAsync(device, path);
        Assert.Equal(Logs, again.LogCount);
        Assert.All(again.Logs, static log => Assert.Equal(new Offset(1), log.EndOffset));
    }

    private ValueTask<LogDirectory> OpenAsync(IStorageDevice device, string path) =>
        LogDirectory.OpenAsync(TestDirectory.SettingsFor(path), device, static _ => Flushed, _time, NullLogger.Instance);

    private sealed class FlushCounter(IStorageDevice inner) : ForwardingDevice(inner)
    {
        public List<int> Groups { get; } = [];

        public override void FlushFiles(IReadOnlyList<IStorageFile> files)
        {
            Groups.Add(files.Count);
            base.FlushFiles(files);
        }
    }
}
