using PerfLog.Records;
using PerfLog.Server.PerfTest;

namespace PerfLog.Server.Demo;

/// <summary>
/// Sends records as a fast producer does: packed into batches, several requests under way at once, all acknowledged.
/// Used once, by one caller.
/// </summary>
internal sealed class DemoProducer(DemoLink link, TimeProvider time)
{
    private readonly Slot[] _slots = [.. Enumerable.Range(0, BatchLimits.InFlightMax).Select(static _ => new Slot())];
    private long _records;
    private long _bytes;

    /// <summary>The times from a produce request to its answer.</summary>
    public Latencies Latencies { get; } = new();

    public async Task<Measure> SendAsync(IRecordSource source, Action<long> report, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        using IRecordCursor cursor = source.Open();
        bool more = cursor.MoveNext();
        for (int turn = 0; more; turn++)
        {
            Slot slot = _slots[turn % _slots.Length];
            await slot.Pending;
            more = Fill(slot.Builder, cursor);
            slot.Pending = SendBatchAsync(slot.Builder.Build(), cancellation);
            report(cursor.Progress);
        }

        foreach (Slot slot in _slots) await slot.Pending;
        foreach (Slot slot in _slots) slot.Builder.Dispose();
        return new Measure(_records, _bytes, time.GetElapsedTime(started));
    }

    /// <summary>Packs the cursor's record and those after it.</summary>
    /// <returns>Whether the cursor is at a record that is still to be sent.</returns>
    private bool Fill(RecordBatchBuilder builder, IRecordCursor cursor)
    {
        builder.Begin(new BatchProperties());
        TimestampMs now = TimestampMs.Now(time);
        do
        {
            if (!builder.TryAppend(now, OptionalBytes.Null, cursor.Current)) return true;
            _records++;
            _bytes += cursor.Current.Length;
            if (!cursor.MoveNext()) return false;
        }
        while (builder.SizeBytes < BatchLimits.BatchBytesWanted);
        return true;
    }

    private async Task SendBatchAsync(Memory<byte> batch, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        await link.ProduceAsync(batch, cancellation);
        Latencies.Add(time.GetElapsedTime(started));
    }

    /// <summary>A builder and the request that has its bytes; the bytes stay until the answer is there.</summary>
    private sealed class Slot
    {
        public RecordBatchBuilder Builder { get; } = new(BatchLimits.BatchBytesMax);

        public Task Pending { get; set; } = Task.CompletedTask;
    }
}
