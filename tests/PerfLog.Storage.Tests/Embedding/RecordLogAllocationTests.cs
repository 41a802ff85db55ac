using PerfLog.Records;
using PerfLog.Testing;

namespace PerfLog.Storage.Tests.Embedding;

/// <summary>Tests that count what the whole process does; no others run beside them.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;

/// <summary>Goal: in steady state appending, waiting, reading and looking up allocate nothing, on any thread of the process.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class RecordLogAllocationTests
{
    private const int Records = 20_000;

    // What the runtime and other tests' leftovers allocate in the process now and then; a byte per record would be far more.
    private const long NoiseBytes = Records / 4;
    private const int RoundsMax = 15;

    [Fact]
    public async Task Appending_and_waiting_until_it_is_written_allocates_nothing()
    {
        using TemporaryFolder folder = new();
        await using RecordLog log = await RecordLog.OpenAsync(folder.Path);
        byte[] key = new byte[10], value = new byte[100];

        Assert.InRange(LeastBytes(() =>
        {
            for (int i = 0; i < Records; i++) log.Append(key, value);
            ValueTask written = log.WaitWrittenAsync(log.NextOffset - 1);
            while (!written.IsCompleted) Thread.Yield();
            written.GetAwaiter().GetResult();
        }), 0, NoiseBytes);
    }

    [Fact]
    public async Task An_acknowledged_append_allocates_nothing()
    {
        using TemporaryFolder folder = new();
        await using RecordLog log = await RecordLog.OpenAsync(folder.Path);
        byte[] key = new byte[10], value = new byte[100];

        Assert.InRange(LeastBytes(() => Append(log, key, value, Acknowledgement.Written, 2_000)), 0, 500);
        Assert.InRange(LeastBytes(() => Append(log, key, value, Acknowledgement.Flushed, 100)), 0, 500);
    }

    [Fact]
    public async Task Reading_and_looking_up_allocates_nothing()
    {
        using TemporaryFolder folder = new();
        await using RecordLog log = await RecordLog.OpenAsync(folder.Path, new LogOptions { SegmentBytes = 1_000_000 });
        for (int i = 0; i < Records; i++) log.Append(new byte[10], new byte[100], new TimestampMs(i));
        log.Flush();

        Assert.InRange(LeastBytes(() =>
        {
            long bytes = 0;
            foreach (RecordView record in log.Read(Offset.Zero)) bytes += record.Value.Span.Length;
            foreach (RecordBatchView batch in log.ReadBatches(new Offset(Records / 2))) bytes += batch.SizeBytes;
            for (int offset = 7; offset < Records; offset += 997)
            {
                using RecordLogReader reader = log.Read(new Offset(offset));
                if (!reader.MoveNext() || reader.Current.Offset.Value != offset) throw new InvalidOperationException($"No record at {offset}.");
            }
        }), 0, NoiseBytes);
    }

    private static void Append(RecordLog log, byte[] key, byte[] value, Acknowledgement acknowledgement, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ValueTask<Offset> append = log.AppendAsync(key, value, acknowledgement);
            if (!append.IsCompletedSuccessfully) throw new InvalidOperationException("Alone, an append completes at once.");
            append.GetAwaiter().GetResult();
        }
    }

    // The best of several rounds: only what each round allocates shows in all of them.
    private static long LeastBytes(Action round)
    {
        round();
        long least = long.MaxValue;
        for (int i = 0; i < RoundsMax; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            round();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }
}
