using System.Runtime.CompilerServices;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>A batch that an idempotent producer sent, remembered to recognise it when it is sent again.</summary>
internal readonly record struct ProducerBatch(
    int FirstSequence, int LastSequence, Offset LastOffset, int OffsetDelta, TimestampMs Timestamp)
{
    public Offset FirstOffset => LastOffset - OffsetDelta;
}

/// <summary>What a log knows of one producer: its epoch, its newest batches, its open transaction. Only the writer uses it.</summary>
internal sealed class ProducerEntry(ProducerId id)
{
    /// <summary>As many batches as a producer may have in flight.</summary>
    public const int BatchesMax = 5;

    public const short NoEpoch = -1;
    public const int NoSequence = -1;

    private RecentBatches _batches;
    private int _count;

    public ProducerId Id { get; } = id;

    public short Epoch { get; private set; } = NoEpoch;

    public int CoordinatorEpoch { get; private set; } = -1;

    public Offset TransactionStart { get; private set; } = Offset.None;

    public TimestampMs LastTimestamp { get; private set; } = TimestampMs.None;

    public bool HasOpenTransaction => TransactionStart != Offset.None;

    public ProducerBatch? LastBatch => _count == 0 ? null : _batches[_count - 1];

    public int LastSequence => _count == 0 ? NoSequence : _batches[_count - 1].LastSequence;

    /// <summary>Finds the batch among the newest that a repeated one is a copy of.</summary>
    public bool TryFindDuplicate(RecordBatchView batch, out ProducerBatch original)
    {
        for (int i = 0; i < _count && batch.ProducerEpoch == Epoch; i++)
        {
            original = _batches[i];
            if (original.FirstSequence == batch.BaseSequence && original.LastSequence == batch.LastSequence) return true;
        }

        original = default;
        return false;
    }

    /// <summary>Checks a batch that is no duplicate against the producer's epoch and sequence.</summary>
    public ErrorCode Check(RecordBatchView batch)
    {
        if (batch.ProducerEpoch < Epoch) return ErrorCode.InvalidProducerEpoch;
        if (HasOpenTransaction && !batch.IsTransactional) return ErrorCode.InvalidTxnState;
        if (Epoch == NoEpoch) return ErrorCode.None;

        // A new epoch starts at 0, and so does one that only a marker has used yet.
        int last = batch.ProducerEpoch > Epoch ? NoSequence : LastSequence;
        int expected = last == NoSequence ? 0 : Sequence.Add(last, 1);
        return batch.BaseSequence == expected ? ErrorCode.None : ErrorCode.OutOfOrderSequenceNumber;
    }

    public void Add(RecordBatchView batch)
    {
        EnterEpoch(batch.ProducerEpoch);
        Remember(new ProducerBatch(
            batch.BaseSequence, batch.LastSequence, batch.LastOffset, batch.LastOffsetDelta, batch.MaxTimestamp));
        LastTimestamp = batch.MaxTimestamp;
        if (batch.IsTransactional && !HasOpenTransaction) TransactionStart = batch.BaseOffset;
    }

    /// <summary>Notes the marker that ends the producer's transaction.</summary>
    public void End(TransactionMarker marker, TimestampMs timestamp)
    {
        EnterEpoch(marker.ProducerEpoch);
        CoordinatorEpoch = marker.CoordinatorEpoch;
        LastTimestamp = timestamp;
        TransactionStart = Offset.None;
    }

    /// <summary>Takes over what a snapshot says.</summary>
    public void Restore(
        short epoch, ProducerBatch? lastBatch, TimestampMs lastTimestamp, int coordinatorEpoch, Offset transactionStart)
    {
        Epoch = epoch;
        CoordinatorEpoch = coordinatorEpoch;
        TransactionStart = transactionStart;
        LastTimestamp = lastTimestamp;
        if (lastBatch is { } batch) Remember(batch);
    }

    private void EnterEpoch(short epoch)
    {
        if (epoch == Epoch) return;
        Epoch = epoch;
        _count = 0;
    }

    private void Remember(ProducerBatch batch)
    {
        if (_count == BatchesMax)
        {
            Span<ProducerBatch> all = _batches;
            all[1..].CopyTo(all);
            _count--;
        }

        _batches[_count++] = batch;
    }

    [InlineArray(BatchesMax)]
    private struct RecentBatches
    {
        private ProducerBatch _first;
    }
}
