using Microsoft.Extensions.Time.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Faults;

/// <summary>Goal: the disk may be full at any byte; what was acknowledged stays, and with room again all goes on.</summary>
public sealed class FullDiskTests
{
    private const int Appends = 14;

    private static readonly LogOptions Options = new()
    {
        SegmentBytes = 300,
        IndexIntervalBytes = 50,
        SegmentIndexBytes = 120,
        RetentionMs = -1,
        CleanupPolicy = CleanupPolicies.Compact,
    };

    [Fact]
    public async Task The_disk_may_be_full_at_any_byte()
    {
        int room = 0;
        bool wasFull = true;
        for (; wasFull; room++) wasFull = await IsFullWithAsync(room);

        // A few appends with their indexes, snapshots and checkpoints, and a compaction of them.
        Assert.InRange(room, 1_500, 30_000);
    }

    private static async Task<bool> IsFullWithAsync(int room)
    {
        FakeTimeProvider time = TestDirectory.Clock();
        FaultyDevice device = new(room, time);
        TestDirectory test = await TestDirectory.OpenAsync(device, time, Options);
        device.FreeBytes = room;
        List<long> acknowledged = await FillAsync(test);
        bool wasFull = acknowledged.Count < Appends || device.FreeBytes == 0;
        bool flushed = TryFlush(test);
        await test.DisposeAsync();

        device.FreeBytes = long.MaxValue;
        if (flushed && room % 2 == 0) device.Crash();
        await test.OpenAsync();
        Check(test, acknowledged, room);
        await test.DisposeAsync();
        return wasFull;
    }

    private static async Task<List<long>> FillAsync(TestDirectory test)
    {
        List<long> acknowledged = [];
        for (int i = 0; i < Appends; i++)
        {
            AppendResult result = test.Append(KeyedBatch.Of(1_000, ($"key-{i % 5}", $"value-{i}")));
            if (result.Error != ErrorCode.None) return acknowledged;
            acknowledged.Add(result.BaseOffset.Value);
        }

        test.Housekeep();
        try
        {
            await test.CompactAsync();
        }
        catch (IOException)
        {
            // No room for it.
        }

        return acknowledged;
    }

    private static bool TryFlush(TestDirectory test)
    {
        try
        {
            test.Log.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Check(TestDirectory test, List<long> acknowledged, int room)
    {
        Assert.True(test.Directory.Damaged.Count == 0, $"room {room}: the log cannot be opened");
        Assert.True(test.Log.EndOffset.Value >= acknowledged.Count, $"room {room}: {acknowledged.Count} acknowledged, the end is {test.Log.EndOffset}");
        Dictionary<string, string?> latest = [];
        foreach (KeyedRecord record in KeyedBatch.Read(test.ReadAll()))
        {
            Assert.Equal(($"key-{record.Offset % 5}", $"value-{record.Offset}"), (record.Key, record.Value));
            latest[record.Key!] = record.Value;
        }

        foreach (long offset in acknowledged.TakeLast(5)) Assert.Contains($"key-{offset % 5}", latest.Keys);
        Assert.Equal(ErrorCode.None, test.Append(KeyedBatch.Of(1_000, ("more", "1"))).Error);
    }
}
