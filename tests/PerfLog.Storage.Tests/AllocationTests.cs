using PerfLog.Testing;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests;

/// <summary>Goal: in steady state an append, a read and a producer's check allocate nothing, on a real disk.</summary>
public sealed class AllocationTests
{
    private const int WarmUp = 2_000;
    private const int Measured = 1_000;

    [Fact]
    public async Task An_append_allocates_nothing()
    {
        using TemporaryFolder folder = new();
        await using TestDirectory test = await TestDirectory.OpenAsync(new VectoredDevice(), TestDirectory.Clock(), path: folder.Path);
        Memory<byte> batch = TestBatch.Of(5, valueBytes: 100);

        Assert.Equal(0, BytesPerCall(() => Append(test.Log, batch)));
        Assert.Equal(new Offset(5 * (WarmUp + Measured)), test.Log.EndOffset);
    }

    [Fact]
    public async Task An_idempotent_append_allocates_nothing()
    {
        await using TestDirectory test = await TestDirectory.InMemoryAsync();
        Memory<byte>[] batches = [.. Enumerable.Range(0, WarmUp + Measured).Select(static i => TestBatch.From(9, 0, i))];
        await test.Log.AppendAsync(TestBatch.From(9, 0, int.MaxValue), new LeaderEpoch(0));
        int next = 0;

        // The device's own blocks are the only thing that grows.
        Assert.InRange(BytesPerCall(() => Append(test.Log, batches[next++])), 0, 400);
        Assert.Equal(new Offset(1 + WarmUp + Measured), test.Log.EndOffset);
    }

    [Fact]
    public async Task A_read_allocates_nothing_wherever_it_starts_and_ends()
    {
        using TemporaryFolder folder = new();
        await using TestDirectory test = await TestDirectory.OpenAsync(
            new VectoredDevice(), TestDirectory.Clock(), new LogOptions { SegmentBytes = 100_000 }, folder.Path);
        for (int i = 0; i < 1_000; i++) test.Append(TestBatch.Of(1, valueBytes: 500));
        long from = 0;

        Assert.Equal(0, BytesPerCall(() =>
        {
            from = (from + 7) % 990;
            LogReadResult result = test.Log.Read(new Offset(from), 3_000, new Offset(from + 5), atLeastOneBatch: true);
            if (result.Region.IsEmpty) throw new InvalidOperationException($"Nothing at {from}.");
            result.Region.Release();
        }));
    }

    [Fact]
    public async Task A_lookup_by_time_allocates_nothing()
    {
        using TemporaryFolder folder = new();
        await using TestDirectory test = await TestDirectory.OpenAsync(new VectoredDevice(), TestDirectory.Clock(), path: folder.Path);
        for (int i = 0; i < 500; i++) test.Append(TestBatch.Of(1, valueBytes: 500));
        TimestampMs highest = test.Log.FindMaxTimestamp()!.Value.Timestamp;

        Assert.Equal(0, BytesPerCall(() =>
        {
            if (test.Log.FindByTimestamp(highest) is null) throw new InvalidOperationException("Nothing was found.");
        }));
    }

    private static void Append(PartitionLog log, Memory<byte> batch)
    {
        ValueTask<AppendResult> append = log.AppendAsync(batch, new LeaderEpoch(0));
        if (!append.IsCompletedSuccessfully || append.Result.Error != ErrorCode.None)
            throw new InvalidOperationException("An append without contention completes at once.");
    }

    private static long BytesPerCall(Action call)
    {
        for (int i = 0; i < WarmUp; i++) call();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Measured; i++) call();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Measured;
    }
}
