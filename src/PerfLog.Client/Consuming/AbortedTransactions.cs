using PerfLog.Protocol.Hot;
using PerfLog.Records;

namespace PerfLog.Client.Consuming;

/// <summary>
/// Tells which batches of one answer belong to transactions that were aborted. Batches are shown to it in order. A producer's
/// records are passed over from the first offset of its aborted transaction on, until the marker that ends it.
/// </summary>
internal sealed class AbortedTransactions
{
    private const short AbortMarker = 0;

    private readonly AbortedTransaction[] _byFirstOffset;
    private readonly HashSet<long> _aborted = [];
    private int _next;

    public AbortedTransactions(AbortedTransaction[] transactions)
    {
        _byFirstOffset = transactions;
        Array.Sort(transactions, static (left, right) => left.FirstOffset.CompareTo(right.FirstOffset));
    }

    /// <param name="batch">The next batch.</param>
    /// <param name="controlKey">For a control batch the key of its record.</param>
    /// <returns>Whether its records are passed over.</returns>
    public bool Covers(RecordBatchView batch, ReadOnlySpan<byte> controlKey)
    {
        while (_next < _byFirstOffset.Length && _byFirstOffset[_next].FirstOffset <= batch.LastOffset.Value)
            _aborted.Add(_byFirstOffset[_next++].ProducerId);
        if (!batch.IsControl) return batch.IsTransactional && _aborted.Contains(batch.ProducerId.Value);
        if (IsAbort(controlKey)) _aborted.Remove(batch.ProducerId.Value);
        return true;
    }

    // The key: int16 version, int16 type.
    private static bool IsAbort(ReadOnlySpan<byte> key) =>
        key.Length >= 4 && System.Buffers.Binary.BinaryPrimitives.ReadInt16BigEndian(key[2..]) == AbortMarker;
}
