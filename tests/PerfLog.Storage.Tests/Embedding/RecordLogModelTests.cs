using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Embedding;

/// <summary>
/// Goal: whatever a process does to its log, on a disk that crashes, tears writes and fails, the log agrees with a list: what
/// was acknowledged at a level is there at that level, and what was not is there wholly and in order, or not at all.
/// </summary>
public sealed class RecordLogModelTests
{
    /// <summary>Steps come as numbers, so that a failing run is shrunk to the few that matter.</summary>
    [Property(MaxTest = 120)]
    public void The_log_agrees_with_a_list(int seed, NonEmptyArray<byte> steps) =>
        RunAsync(seed, steps.Get, static device => device).GetAwaiter().GetResult();

    [Fact]
    public void A_disk_that_keeps_nothing_that_was_flushed_is_noticed()
    {
        byte[] flushAndCrash = [.. Enumerable.Repeat<byte[]>([0, 60, 95], 20).SelectMany(static each => each)];

        Assert.Throws<RecordLogMismatchException>(() => RunAsync(7, flushAndCrash, static device =>
        {
            device.LosesFlush = static path => path.EndsWith(".log", StringComparison.Ordinal);
            device.SurvivalPercent = 10;
            return device;
        }).GetAwaiter().GetResult());
    }

    private static async Task RunAsync(int seed, byte[] steps, Func<FaultyDevice, FaultyDevice> bend)
    {
        FakeTimeProvider time = TestDirectory.Clock();
        RecordLogModelRun run = new(seed, bend(new FaultyDevice(seed, time)), time);
        await run.OpenAsync();
        foreach (byte step in steps) await run.StepAsync(step % 100);
        await run.CloseAsync();
    }
}
