using Microsoft.Extensions.Time.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Compaction;

/// <summary>Goal: the power may go off before any one of the changes that a compaction makes to the disk.</summary>
public sealed class CompactionCrashTests
{
    private const int CrashesPerPoint = 6;

    private static readonly LogOptions Options = new()
    {
        SegmentBytes = 500,
        IndexIntervalBytes = 100,
        CleanupPolicy = CleanupPolicies.Compact,
        FileDeleteDelayMs = 1_000,
    };

    [Fact]
    public async Task A_crash_at_any_change_of_a_compaction_loses_nothing()
    {
        int points = 0;
        while (await CrashesAtAsync(points)) points++;

        // Several groups, each with files made, flushed, marked, swapped in and marked for removal.
        Assert.InRange(points, 60, 1_000);
    }

    private static async Task<bool> CrashesAtAsync(int point)
    {
        bool wentOff = false;
        for (int seed = 0; seed < CrashesPerPoint; seed++)
        {
            FakeTimeProvider time = TestDirectory.Clock();
            FaultyDevice device = new(seed, time);
            TestDirectory test = await TestDirectory.OpenAsync(device, time, Options);
            CompactionModel model = Fill(test);
            device.ChangesUntilPowerLoss = point;
            wentOff = await CompactAsync(test, model) is null;
            device.Crash();
            await test.ReopenAfterCrashAsync();
            test.Log.AdvanceHighWatermark(test.Log.EndOffset);

            model.Crashed(test.Log.EndOffset.Value);
            model.Compare(test, test.Log.LastStableOffset.Value);
            await CheckThatItGoesOnAsync(test, model, device);
        }

        return wentOff;
    }

    private static CompactionModel Fill(TestDirectory test)
    {
        CompactionModel model = new();
        for (int i = 0; i < 40; i++)
        {
            Memory<byte> batch = KeyedBatch.Of(test.Now.Value, ($"key-{i % 7}", i % 9 == 0 ? null : $"value-{i}"), ($"other-{i % 3}", $"{i}"));
            test.Append(batch);
            model.Append(batch.Span);
        }

        test.Log.Flush();
        model.Flushed();
        return model;
    }

    private static async Task<CompactionResult?> CompactAsync(TestDirectory test, CompactionModel model)
    {
        model.Compacting(test.Log.State.Active.BaseOffset.Value);
        try
        {
            return await test.CompactAsync();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task CheckThatItGoesOnAsync(TestDirectory test, CompactionModel model, FaultyDevice device)
    {
        await test.CompactAsync();
        model.Compare(test, test.Log.LastStableOffset.Value);
        await test.DisposeAsync();
        Assert.DoesNotContain(device.AllFiles(), static path =>
            path.EndsWith(".cleaned", StringComparison.Ordinal) || path.EndsWith(".swap", StringComparison.Ordinal));
    }
}
