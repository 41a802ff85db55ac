using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Follows the transactions of a log while its batches are read in order, all of them decided: which data was aborted,
/// and which markers have outlived their data. One run's; one thread at a time.
/// </summary>
internal sealed class TransactionScan
{
    private readonly PriorityQueue<AbortedTransaction, long> _expected = new();
    private readonly Dictionary<ProducerId, Aborted> _aborted = [];
    private readonly HashSet<ProducerId> _committed = [];

    /// <summary>Announces aborted transactions with records in what is read next; known ones may be among them.</summary>
    public void Expect(IEnumerable<AbortedTransaction> transactions)
    {
        foreach (AbortedTransaction each in transactions) _expected.Enqueue(each, each.FirstOffset.Value);
    }

    /// <summary>Whether a data batch belongs to an aborted transaction.</summary>
    public bool IsAborted(RecordBatchView batch)
    {
        EnterUpTo(batch.LastOffset);
        if (!batch.IsTransactional) return false;
        if (_aborted.TryGetValue(batch.ProducerId, out Aborted? aborted))
        {
            aborted.HasData = true;
            return true;
        }

        _committed.Add(batch.ProducerId);
        return false;
    }

    /// <summary>Takes a control batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="stillThere">The aborted transaction that it ended and of which data was seen, which must stay indexed.</param>
    /// <returns>Whether no data of its transaction was seen, so that the marker may go.</returns>
    public bool Outlives(RecordBatchView batch, out AbortedTransaction? stillThere)
    {
        stillThere = null;
        EnterUpTo(batch.LastOffset);

        // A marker without its record was emptied by an earlier compaction.
        if (batch.RecordsCount == 0) return true;
        if (!TransactionMarker.TryRead(batch, out TransactionMarker marker)) return false;
        if (marker.IsCommit) return !_committed.Remove(marker.ProducerId);
        if (!_aborted.Remove(marker.ProducerId, out Aborted? aborted) || !aborted.HasData) return true;
        stillThere = aborted.Transaction;
        return false;
    }

    private void EnterUpTo(Offset offset)
    {
        while (_expected.TryPeek(out AbortedTransaction next, out long first) && first <= offset.Value)
        {
            _expected.Dequeue();
            _aborted.TryAdd(next.ProducerId, new Aborted(next));
        }
    }

    private sealed record Aborted(AbortedTransaction Transaction)
    {
        public bool HasData { get; set; }
    }
}
