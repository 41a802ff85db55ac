using System.Diagnostics.CodeAnalysis;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// What a log knows of its idempotent and transactional producers: enough to find duplicates and gaps, and to say which
/// records are decided. Only the log's writer uses it; an existing producer's batch allocates nothing.
/// </summary>
internal sealed class ProducerStates
{
    private readonly Dictionary<ProducerId, ProducerEntry> _entries = [];

    /// <summary>The end of the log as these states know it.</summary>
    public Offset End { get; private set; } = Offset.Zero;

    public IReadOnlyCollection<ProducerEntry> Entries => _entries.Values;

    public OpenTransactions Transactions { get; } = new();

    /// <summary>Checks a batch before it is appended.</summary>
    /// <param name="batch">The batch; its offset need not be assigned.</param>
    /// <param name="original">The batch it repeats.</param>
    /// <param name="isDuplicate">Whether it repeats one.</param>
    public ErrorCode Check(RecordBatchView batch, out ProducerBatch original, out bool isDuplicate)
    {
        original = default;
        isDuplicate = false;
        if (!TryFind(batch, out ProducerEntry? entry)) return ErrorCode.None;
        if (batch.IsControl) return CheckMarker(batch, entry);
        isDuplicate = entry.TryFindDuplicate(batch, out original);
        return isDuplicate ? ErrorCode.None : entry.Check(batch);
    }

    /// <summary>Takes note of an appended batch.</summary>
    /// <returns>The transaction that it ended, if it is a marker of an open one.</returns>
    public EndedTransaction? Add(RecordBatchView batch)
    {
        End = batch.NextOffset;
        if (batch.ProducerId.Value < 0) return null;
        if (batch.IsControl) return EndTransaction(batch);

        ProducerEntry entry = FindOrAdd(batch.ProducerId);
        bool begins = batch.IsTransactional && !entry.HasOpenTransaction;
        entry.Add(batch);
        if (begins) Transactions.Begin(entry.TransactionStart, entry.Id);
        return null;
    }

    /// <summary>Moves the end over offsets that hold no batch.</summary>
    public void SkipTo(Offset end) => End = end;

    /// <summary>Forgets the producers that have been silent for too long and have no open transaction.</summary>
    public void Expire(TimestampMs now, long expirationMs)
    {
        foreach ((ProducerId id, ProducerEntry entry) in _entries)
        {
            if (!entry.HasOpenTransaction && now.Value - entry.LastTimestamp.Value >= expirationMs) _entries.Remove(id);
        }
    }

    /// <summary>Starts over, from a snapshot's entries or from nothing.</summary>
    public void Reset(Offset end, IEnumerable<ProducerEntry> entries)
    {
        _entries.Clear();
        Transactions.Clear();
        End = end;
        foreach (ProducerEntry entry in entries)
        {
            _entries[entry.Id] = entry;
            if (entry.HasOpenTransaction) Transactions.Begin(entry.TransactionStart, entry.Id);
        }
    }

    private bool TryFind(RecordBatchView batch, [NotNullWhen(true)] out ProducerEntry? entry)
    {
        entry = null;
        return batch.ProducerId.Value >= 0 && _entries.TryGetValue(batch.ProducerId, out entry);
    }

    private static ErrorCode CheckMarker(RecordBatchView batch, ProducerEntry entry)
    {
        if (batch.ProducerEpoch < entry.Epoch) return ErrorCode.InvalidProducerEpoch;
        bool isFenced = TransactionMarker.TryRead(batch, out TransactionMarker marker)
            && marker.CoordinatorEpoch < entry.CoordinatorEpoch;
        return isFenced ? ErrorCode.TransactionCoordinatorFenced : ErrorCode.None;
    }

    private EndedTransaction? EndTransaction(RecordBatchView batch)
    {
        if (!TransactionMarker.TryRead(batch, out TransactionMarker marker)) return null;
        ProducerEntry entry = FindOrAdd(marker.ProducerId);
        Offset first = entry.TransactionStart;
        entry.End(marker, batch.MaxTimestamp);
        if (first == Offset.None) return null;
        return new EndedTransaction(entry.Id, first, batch.LastOffset, IsAborted: !marker.IsCommit);
    }

    private ProducerEntry FindOrAdd(ProducerId id)
    {
        if (!_entries.TryGetValue(id, out ProducerEntry? entry)) _entries[id] = entry = new ProducerEntry(id);
        return entry;
    }
}
