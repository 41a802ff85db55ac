using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Server.Demo;

/// <summary>
/// Reads the topic from its start and compares each record with what was sent. The next fetch is under way while the
/// last one's records are compared. Used once, by one caller.
/// </summary>
internal sealed class DemoComparison(DemoLink link, TimeProvider time)
{
    private readonly GrowingBuffer _decompressed = new(BatchLimits.BatchBytesMax);
    private long _records;
    private long _bytes;

    /// <exception cref="CommandException">A record is missing, too many, or not what was sent.</exception>
    public async Task<Measure> ReadAsync(IRecordSource source, Action<long> report, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        using IRecordCursor cursor = source.Open();
        FetchedBatches fetched = await link.FetchAsync(Offset.Zero, cancellation);
        while (!fetched.IsEmpty)
        {
            Task<FetchedBatches> next = link.FetchAsync(fetched.NextOffset, cancellation);
            try
            {
                Compare(fetched, cursor);
            }
            finally
            {
                fetched.Dispose();
                fetched = await next;
            }

            report(cursor.Progress);
        }

        fetched.Dispose();
        if (cursor.MoveNext()) throw new CommandException($"Record {_records} and those after it did not come back.");
        return new Measure(_records, _bytes, time.GetElapsedTime(started));
    }

    private void Compare(FetchedBatches fetched, IRecordCursor cursor)
    {
        var batches = new RecordBatchReader(fetched.Bytes);
        while (batches.MoveNext())
        {
            if (!RecordBatchReader.TryOpen(
                batches.Current, _decompressed, BatchLimits.BatchBytesMax, out RecordEnumerator records, out string? fault))
                throw new CommandException($"A batch cannot be opened: {fault}.");
            while (records.MoveNext()) Compare(records.Current, cursor);
            if (records.Fault is not null) throw new CommandException($"A batch is broken: {records.Fault}.");
        }

        if (batches.Fault is not null) throw new CommandException($"What was fetched is broken: {batches.Fault}.");
    }

    private void Compare(RecordView record, IRecordCursor cursor)
    {
        if (!cursor.MoveNext()) throw new CommandException($"A record came back at offset {record.Offset} that was not sent.");
        if (record.Offset.Value != _records)
            throw new CommandException($"Offset {record.Offset} came back where {_records} was due.");
        if (!record.Value.Span.SequenceEqual(cursor.Current))
            throw new CommandException($"The record at offset {record.Offset} is not what was sent.");
        _records++;
        _bytes += record.Value.Span.Length;
    }
}
