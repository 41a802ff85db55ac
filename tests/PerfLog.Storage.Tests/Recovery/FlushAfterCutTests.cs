using Microsoft.Extensions.Time.Testing;
using PerfLog.Records;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Recovery;

/// <summary>
/// Goal: what was appended behind a cut and flushed is on the disk, whatever became of the bytes that were cut off: not one of
/// them is read again, and none hides what came in their place.
/// </summary>
public sealed class FlushAfterCutTests
{
    private const int Kept = 5, Cut = 5;

    private readonly FakeTimeProvider _time = TestDirectory.Clock();

    // The same size as before: each new batch ends where an old one began.
    [Theory]
    [InlineData(150, 0, false)]
    [InlineData(150, 60, false)]
    [InlineData(90, 0, false)]
    [InlineData(400, 60, false)]
    [InlineData(150, 0, true)]
    [InlineData(90, 60, true)]
    public async Task What_is_flushed_after_a_cut_survives_and_nothing_of_what_was_cut_off_does(int valueBytes, int survivalPercent, bool directly)
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            FaultyDevice device = new(seed, _time) { SurvivalPercent = survivalPercent, WritesDirectly = directly };
            LogOptions options = new() { WritePath = directly ? WritePath.Direct : WritePath.Cached, SegmentBytes = 20_000, RetentionMs = -1 };
            TestDirectory test = await TestDirectory.OpenAsync(device, _time, options);
            Append(test, Kept + Cut, timestampMs: 1_000, valueBytes: 150);
            test.Log.Flush();

            test.Log.TruncateTo(new Offset(Kept));
            Append(test, 3, timestampMs: 2_000, valueBytes);
            test.Log.Flush();
            byte[] flushed = test.ReadAll();
            Append(test, 1, timestampMs: 3_000, valueBytes: 150);
            device.Crash();
            await test.OpenAsync();

            byte[] all = test.ReadAll();
            Assert.True(all.AsSpan().StartsWith(flushed), $"seed {seed}: what was flushed is not there");
            Assert.DoesNotContain(TimesOf(all.AsSpan(flushed.Length)), static time => time == 1_000);
        }
    }

    [Fact]
    public async Task Bytes_that_a_cut_left_on_the_disk_do_not_come_back_behind_what_was_not_flushed()
    {
        for (int seed = 1; seed <= 40; seed++)
        {
            FaultyDevice device = new(seed, _time);
            TestDirectory test = await TestDirectory.OpenAsync(device, _time, new LogOptions { SegmentBytes = 20_000, RetentionMs = -1 });
            Append(test, Kept + Cut, timestampMs: 1_000, valueBytes: 150);
            test.Log.Flush();

            test.Log.TruncateTo(new Offset(Kept));
            Append(test, 1, timestampMs: 2_000, valueBytes: 150);
            device.Crash();
            await test.OpenAsync();

            Assert.InRange(test.Log.EndOffset.Value, Kept, Kept + 1);
            Assert.Equal(Kept, TimesOf(test.ReadAll()).Count(static time => time == 1_000));
        }
    }

    [Fact]
    public async Task A_disk_that_keeps_nothing_of_such_a_flush_is_noticed()
    {
        FaultyDevice device = new(1, _time) { SurvivalPercent = 0 };
        TestDirectory test = await TestDirectory.OpenAsync(device, _time, new LogOptions { SegmentBytes = 20_000, RetentionMs = -1 });
        Append(test, Kept + Cut, timestampMs: 1_000, valueBytes: 150);
        test.Log.Flush();
        test.Log.TruncateTo(new Offset(Kept));
        Append(test, 3, timestampMs: 2_000, valueBytes: 150);

        device.LosesFlush = static path => path.EndsWith(".log", StringComparison.Ordinal);
        test.Log.Flush();
        device.Crash();
        await test.OpenAsync();

        Assert.Equal(new Offset(Kept), test.Log.EndOffset);
    }

    [Fact]
    public async Task A_flush_that_began_before_the_cut_vouches_for_nothing_that_was_appended_after_it()
    {
        FaultyDevice faulty = new(1, _time) { SurvivalPercent = 0 };
        GatedDevice device = new(faulty);
        TestDirectory test = await TestDirectory.OpenAsync(device, _time, new LogOptions { SegmentBytes = 20_000, RetentionMs = -1 });
        Append(test, Kept, timestampMs: 1_000, valueBytes: 150);
        test.Log.Flush();
        Append(test, Cut, timestampMs: 1_000, valueBytes: 150);
        device.HoldFlushes();
        Task flushing = Task.Factory.StartNew(
            test.Log.Flush, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await device.FlushArrived;

        // The cut flushes what it leaves, and is held as well: the flush before it ends only after it has begun.
        Task cutting = Task.Factory.StartNew(
            () => test.Log.TruncateTo(new Offset(Kept)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(SpinWait.SpinUntil(() => test.Log.State.Cuts > 0, TimeSpan.FromSeconds(30)));
        device.ReleaseFlushes();
        await Task.WhenAll(flushing, cutting);
        Append(test, 3, timestampMs: 2_000, valueBytes: 150);

        Assert.Equal(new Offset(Kept), test.Log.RecoveryPoint);
        test.Log.Flush();
        Assert.Equal(new Offset(Kept + 3), test.Log.RecoveryPoint);
        faulty.Crash();
        await test.OpenAsync();
        Assert.Equal(3, TimesOf(test.ReadAll()).Count(static time => time == 2_000));
    }

    private static void Append(TestDirectory test, int batches, long timestampMs, int valueBytes)
    {
        for (int i = 0; i < batches; i++) test.Append(TestBatch.Of(1, timestampMs, valueBytes));
    }

    private static List<long> TimesOf(ReadOnlySpan<byte> batches)
    {
        List<long> times = [];
        RecordBatchReader reader = new(batches, checkCrc: true);
        while (reader.MoveNext()) times.Add(reader.Current.MaxTimestamp.Value);
        return times;
    }
}
