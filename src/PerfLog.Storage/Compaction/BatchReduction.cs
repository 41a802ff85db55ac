using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>What decides which records of a log stay, for one run of compaction. Immutable.</summary>
/// <param name="Map">The latest offset of each key below <paramref name="MapEnd"/>.</param>
/// <param name="MapEnd">From here on everything stays.</param>
/// <param name="Now">The time of the run.</param>
/// <param name="DeleteRetentionMs">How long tombstones and markers stay after they were first found.</param>
/// <param name="Producers">The active producers' last batches: those keep their sequences.</param>
internal sealed record RetentionRule(
    OffsetMap Map, Offset MapEnd, TimestampMs Now, long DeleteRetentionMs, IReadOnlyDictionary<ProducerId, LastBatch> Producers)
{
    public bool IsPastHorizon(RecordBatchView batch) => batch.DeleteHorizon is { } horizon && horizon <= Now;

    /// <summary>Whether a record stays: nothing later has its key, and it is no tombstone whose time is over.</summary>
    public bool Keeps(RecordView record, bool isPastHorizon)
    {
        if (record.Offset >= MapEnd) return true;
        if (record.Key.IsNull || record.Offset < Map.Find(record.Key.Span)) return false;
        return record.Value.HasValue || !isPastHorizon;
    }

    /// <summary>Whether the batch, though empty, is what the next opening knows its producer by.</summary>
    public bool IsLastOfProducer(RecordBatchView batch) =>
        batch.ProducerId.Value >= 0
        && Producers.TryGetValue(batch.ProducerId, out LastBatch last)
        && (last.Offset == Offset.None ? batch.IsControl && batch.ProducerEpoch == last.Epoch : batch.LastOffset == last.Offset);
}

/// <summary>An active producer's last data batch; without an offset it has only a marker in its epoch.</summary>
internal readonly record struct LastBatch(Offset Offset, short Epoch);

/// <summary>
/// The second pass of a compaction, for single batches: what becomes of each. One run's; one thread at a time.
/// </summary>
internal sealed class BatchReduction(RetentionRule rule, TransactionScan transactions, GrowingBuffer scratch, RecordBatchReducer reducer)
{
    public long RecordsRead { get; private set; }

    public long RecordsKept { get; private set; }

    /// <summary>Gives what stays of a batch.</summary>
    /// <param name="chunks">Where the batch was read.</param>
    /// <param name="batch">The batch, whole.</param>
    /// <param name="reduced">The batch itself, or a smaller one that is valid until the next call; empty when nothing stays.</param>
    /// <param name="stillAborted">The aborted transaction that the batch ends and of which data was seen.</param>
    public void Reduce(SegmentChunks chunks, RecordBatchView batch, out ReadOnlySpan<byte> reduced, out AbortedTransaction? stillAborted)
    {
        stillAborted = null;
        RecordsRead += batch.RecordsCount;
        if (batch.IsControl) ReduceMarker(chunks, batch, out reduced, out stillAborted);
        else if (transactions.IsAborted(batch) || batch.RecordsCount == 0) Empty(batch, out reduced);
        else ReduceData(chunks, batch, out reduced);
    }

    private void ReduceMarker(
        SegmentChunks chunks, RecordBatchView batch, out ReadOnlySpan<byte> reduced, out AbortedTransaction? stillAborted)
    {
        bool mayGo = transactions.Outlives(batch, out stillAborted);
        if (batch.RecordsCount == 0 || (mayGo && rule.IsPastHorizon(batch)))
        {
            Empty(batch, out reduced);
            return;
        }

        RecordsKept += batch.RecordsCount;
        if (!mayGo || batch.DeleteHorizon is not null) reduced = batch.Bytes;
        else Rebuild(batch, chunks.OpenRecords(batch, scratch), Horizon(batch, isNeeded: true), keepsAll: true, out reduced);
    }

    private void ReduceData(SegmentChunks chunks, RecordBatchView batch, out ReadOnlySpan<byte> reduced)
    {
        RecordEnumerator records = chunks.OpenRecords(batch, scratch);
        (int kept, bool hasTombstones) = Count(chunks, batch, records);
        bool needsHorizon = hasTombstones && batch.DeleteHorizon is null;
        RecordsKept += kept;
        if (kept == 0) Empty(batch, out reduced);
        else if (kept == batch.RecordsCount && !needsHorizon) reduced = batch.Bytes;
        else Rebuild(batch, records, Horizon(batch, needsHorizon), keepsAll: false, out reduced);
    }

    private (int Kept, bool HasTombstones) Count(SegmentChunks chunks, RecordBatchView batch, RecordEnumerator records)
    {
        bool isPastHorizon = rule.IsPastHorizon(batch);
        int kept = 0;
        bool hasTombstones = false;
        while (records.MoveNext())
        {
            RecordView record = records.Current;
            if (!rule.Keeps(record, isPastHorizon)) continue;
            kept++;
            hasTombstones |= record.Value.IsNull;
        }

        chunks.ThrowIfBad(records.Fault);
        return (kept, hasTombstones);
    }

    private TimestampMs? Horizon(RecordBatchView batch, bool isNeeded) =>
        isNeeded ? rule.Now + Math.Min(rule.DeleteRetentionMs, long.MaxValue - rule.Now.Value) : batch.DeleteHorizon;

    private void Rebuild(
        RecordBatchView batch, RecordEnumerator records, TimestampMs? horizon, bool keepsAll, out ReadOnlySpan<byte> reduced)
    {
        bool isPastHorizon = rule.IsPastHorizon(batch);
        int recordsBytes = batch.Codec == CompressionCodec.None ? batch.Records.Length : scratch.WrittenBytes;
        reducer.Begin(batch, recordsBytes, horizon);
        while (records.MoveNext())
        {
            RecordView record = records.Current;
            if (keepsAll || rule.Keeps(record, isPastHorizon)) reducer.Keep(record);
        }

        reduced = reducer.Build().Span;
    }

    private void Empty(RecordBatchView batch, out ReadOnlySpan<byte> reduced)
    {
        reduced = default;
        if (!rule.IsLastOfProducer(batch)) return;
        if (batch.RecordsCount == 0)
        {
            reduced = batch.Bytes;
            return;
        }

        reducer.Begin(batch, recordsBytes: 0, deleteHorizon: null);
        reduced = reducer.Build().Span;
    }
}
