using Microsoft.Extensions.Time.Testing;
using PerfLog.Testing;
using PerfLog.Testing.Storage;
using PerfLog.Storage.Tests.Devices;
using Xunit.Abstractions;

namespace PerfLog.Storage.Tests.Model;

/// <summary>Goal: whatever is done to a log, and however its disk fails in between, it agrees with a plain list.</summary>
public sealed class LogModelTests(ITestOutputHelper output)
{
    // Set PERFLOG_SEED to replay a run, PERFLOG_RUNS to do more of them.
    private static readonly int FirstSeed = int.Parse(Environment.GetEnvironmentVariable("PERFLOG_SEED") ?? "1000");
    private static readonly int Runs = int.Parse(Environment.GetEnvironmentVariable("PERFLOG_RUNS") ?? "60");

    [Fact]
    public async Task The_log_agrees_with_a_list_on_a_disk_that_crashes()
    {
        for (int seed = FirstSeed; seed < FirstSeed + Runs; seed++)
        {
            FakeTimeProvider time = TestDirectory.Clock();
            output.WriteLine($"seed {seed}");
            await new ModelRun(seed, new FaultyDevice(seed, time), time).RunAsync(steps: 150);
        }
    }

    [Fact]
    public async Task The_log_agrees_with_a_list_in_memory()
    {
        for (int seed = FirstSeed; seed < FirstSeed + Runs / 3; seed++)
        {
            FakeTimeProvider time = TestDirectory.Clock();
            output.WriteLine($"seed {seed}");
            await new ModelRun(seed, new MemoryDevice(time), time).RunAsync(steps: 150);
        }
    }

    [Fact]
    public async Task The_log_agrees_with_a_list_on_a_real_disk()
    {
        using TemporaryFolder folder = new();
        FakeTimeProvider time = TestDirectory.Clock();
        output.WriteLine($"seed {FirstSeed}");
        await new ModelRun(FirstSeed, new VectoredDevice(), time, folder.Path).RunAsync(steps: 120);
    }

    [Fact]
    public async Task The_log_agrees_with_a_list_when_written_past_the_page_cache_of_a_disk_that_crashes()
    {
        for (int seed = FirstSeed; seed < FirstSeed + Runs; seed++)
        {
            FakeTimeProvider time = TestDirectory.Clock();
            output.WriteLine($"seed {seed}");
            await new ModelRun(seed, new FaultyDevice(seed, time) { WritesDirectly = true }, time, writePath: WritePath.Direct).RunAsync(steps: 150);
        }
    }

    [Fact]
    public async Task The_log_agrees_with_a_list_when_its_segments_are_laid_out_beforehand_on_a_disk_that_crashes()
    {
        for (int seed = FirstSeed; seed < FirstSeed + Runs; seed++)
        {
            FakeTimeProvider time = TestDirectory.Clock();
            output.WriteLine($"seed {seed}");
            await new ModelRun(seed, new FaultyDevice(seed, time), time) { Preallocates = true }.RunAsync(steps: 150);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_log_agrees_with_a_list_when_written_past_the_page_cache_of_a_real_disk(bool byRing)
    {
        using TemporaryFolder folder = new();
        FakeTimeProvider time = TestDirectory.Clock();
        output.WriteLine($"seed {FirstSeed}");
        DirectLayout layout = new(4096, 2, 4096, StartBytes: 0);
        IStorageDevice device = byRing ? RealDevices.IoUring(layout) : new VectoredDevice(layout, usesRings: false);
        await new ModelRun(FirstSeed, device, time, folder.Path, WritePath.Direct).RunAsync(steps: 120);
    }

    [Fact]
    public async Task Who_trusts_a_misleading_index_starts_to_read_too_late()
    {
        FakeTimeProvider time = TestDirectory.Clock();
        await using TestDirectory test = await TestDirectory.OpenAsync(
            new MisleadingIndexDevice(time), time, new LogOptions { IndexIntervalBytes = 100 });
        for (int i = 0; i < 30; i++) test.Append(TestBatch.Of(1));

        Segment segment = test.Log.State.Active;
        int[] misled = [.. Enumerable.Range(0, 30).Where(offset => segment.Indexes.Offsets.Floor(offset) > SegmentSearch.PositionOf(segment, new Offset(offset), segment.Tail))];

        Assert.InRange(misled.Length, 20, 30);
    }

    [Fact]
    public async Task A_disk_that_loses_what_was_flushed_is_noticed()
    {
        ModelMismatchException mismatch = await FirstMismatch((seed, time) => new FaultyDevice(seed, time)
        {
            LosesFlush = static path => path.EndsWith(".log", StringComparison.Ordinal),
        });

        Assert.Contains("crash", mismatch.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_agrees_with_a_list_though_its_indexes_answer_too_late_a_position()
    {
        for (int seed = FirstSeed; seed < FirstSeed + Runs / 3; seed++)
        {
            FakeTimeProvider time = TestDirectory.Clock();
            output.WriteLine($"seed {seed}");
            await new ModelRun(seed, new MisleadingIndexDevice(time), time).RunAsync(steps: 150);
        }
    }

    [Fact]
    public async Task A_recovery_that_finds_every_checksum_right_is_noticed()
    {
        ModelMismatchException mismatch = await FirstMismatch(static (seed, time) => new FaultyDevice(seed, time) { ForgesChecksums = true });

        Assert.Contains("crash", mismatch.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recovery_points_written_before_their_records_are_noticed()
    {
        ModelMismatchException mismatch = await FirstMismatch(static (seed, time) => new FaultyDevice(seed, time)
        {
            LosesFlush = static path => !path.Contains("checkpoint", StringComparison.Ordinal),
            SurvivalPercent = 40,
        });

        Assert.Contains("crash", mismatch.Message, StringComparison.Ordinal);
    }

    private static async Task<ModelMismatchException> FirstMismatch(Func<int, FakeTimeProvider, IStorageDevice> device)
    {
        for (int seed = FirstSeed; seed < FirstSeed + 20; seed++)
        {
            FakeTimeProvider time = TestDirectory.Clock();
            try
            {
                await new ModelRun(seed, device(seed, time), time).RunAsync(steps: 150);
            }
            catch (ModelMismatchException mismatch)
            {
                return mismatch;
            }
        }

        throw new InvalidOperationException("The model noticed nothing.");
    }
}
