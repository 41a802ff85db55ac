using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// The first pass of a compaction: notes the latest offset of each key in the uncompacted part, until the map is full.
/// One run's; one thread at a time.
/// </summary>
internal sealed class KeyCollection(OffsetMap map, SegmentChunks chunks, GrowingBuffer scratch, CompactionBounds bounds)
{
    private readonly Offset _firstDirty = bounds.FirstDirty;
    private readonly TransactionScan _transactions = new();

    /// <summary>The end of what was noted: from here on nothing may be left out.</summary>
    public Offset End { get; private set; } = bounds.FirstDirty;

    public bool IsFull { get; private set; }

    /// <summary>Starts with a segment, which the caller holds.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="aborted">The aborted transactions with records in it.</param>
    public void Open(Segment segment, IEnumerable<AbortedTransaction> aborted)
    {
        _transactions.Expect(aborted);
        Offset from = Offset.Max(_firstDirty, segment.BaseOffset);
        chunks.Open(segment, SegmentSearch.PositionOf(segment, from, segment.Tail));
    }

    /// <summary>Reads one piece of the segment.</summary>
    /// <returns>The bytes read; 0 when the segment is at its end or the map is full.</returns>
    public int Step()
    {
        if (IsFull || !chunks.MoveNext()) return 0;
        RecordBatchReader batches = new(chunks.Bytes);
        while (!IsFull && batches.MoveNext()) Collect(batches.Current);
        chunks.ThrowIfBad(batches);
        chunks.Advance(batches.Position);
        return batches.Position;
    }

    /// <summary>The segment was read to its end: offsets without a batch behind its last one are done, too.</summary>
    public void Finish(Segment segment)
    {
        if (!IsFull) End = Offset.Max(End, segment.NextOffset);
    }

    private void Collect(RecordBatchView batch)
    {
        if (batch.IsControl) _transactions.Outlives(batch, out _);
        else if (!_transactions.IsAborted(batch) && batch.RecordsCount > 0) CollectKeys(batch);
        if (!IsFull) End = batch.NextOffset;
    }

    private void CollectKeys(RecordBatchView batch)
    {
        RecordEnumerator records = chunks.OpenRecords(batch, scratch);
        while (records.MoveNext())
        {
            RecordView record = records.Current;
            if (record.Offset < _firstDirty || record.Key.IsNull) continue;
            IsFull = !map.TryPut(record.Key.Span, record.Offset);
            if (IsFull) return;
            End = record.Offset + 1;
        }

        chunks.ThrowIfBad(records.Fault);
    }
}
