using Microsoft.Extensions.Time.Testing;
using PerfLog.Storage.Tests.Model;
using PerfLog.Testing;
using PerfLog.Testing.Storage;
using Xunit.Abstractions;

namespace PerfLog.Storage.Tests.Compaction;

/// <summary>Goal: whatever is appended, and wherever the power goes off, a compacted log tells each key's latest value.</summary>
public sealed class CompactionModelTests(ITestOutputHelper output)
{
    private const int Steps = 150;

    // Set PERFLOG_SEED to replay a run, PERFLOG_RUNS to do more of them.
    private static readonly int FirstSeed = int.Parse(Environment.GetEnvironmentVariable("PERFLOG_SEED") ?? "2000");
    private static readonly int Runs = int.Parse(Environment.GetEnvironmentVariable("PERFLOG_RUNS") ?? "60");

    [Fact]
    public async Task A_compacted_log_agrees_with_a_dictionary_on_a_disk_that_crashes()
    {
        for (int seed = FirstSeed; seed < FirstSeed + Runs; seed++)
        {
            FakeTimeProvider time = TestDirectory.Clock();
            output.WriteLine($"seed {seed}");
            await new CompactionModelRun(seed, new FaultyDevice(seed, time), time).RunAsync(Steps);
        }
    }

    [Fact]
    public async Task A_compacted_log_agrees_with_a_dictionary_on_a_real_disk()
    {
        using TemporaryFolder folder = new();
        FakeTimeProvider time = TestDirectory.Clock();
        output.WriteLine($"seed {FirstSeed}");
        await new CompactionModelRun(FirstSeed, new VectoredDevice(), time, folder.Path).RunAsync(Steps);
    }

    [Fact]
    public async Task A_disk_that_loses_what_compaction_flushed_is_noticed() =>
        await FirstMismatchAsync(static (seed, time) => new FaultyDevice(seed, time)
        {
            LosesFlush = static path => path.EndsWith(".log.cleaned", StringComparison.Ordinal),
            SurvivalPercent = 20,
        });

    private static async Task FirstMismatchAsync(Func<int, FakeTimeProvider, IStorageDevice> device)
    {
        for (int seed = FirstSeed; seed < FirstSeed + 20; seed++)
        {
            FakeTimeProvider time = TestDirectory.Clock();
            try
            {
                await new CompactionModelRun(seed, device(seed, time), time).RunAsync(Steps);
            }
            catch (ModelMismatchException)
            {
                return;
            }
        }

        Assert.Fail("The model noticed nothing.");
    }
}
