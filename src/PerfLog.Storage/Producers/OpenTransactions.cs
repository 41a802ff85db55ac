namespace PerfLog.Storage;

/// <summary>A transaction that its marker ended.</summary>
internal readonly record struct EndedTransaction(ProducerId ProducerId, Offset FirstOffset, Offset LastOffset, bool IsAborted);

/// <summary>
/// The transactions that hold back the last stable offset: those without a marker, and those whose marker is not yet
/// below the high watermark. Only the writer uses it.
/// </summary>
internal sealed class OpenTransactions
{
    private readonly SortedDictionary<long, ProducerId> _undecided = [];
    private readonly SortedDictionary<long, Offset> _unreplicated = [];

    /// <summary>The first offset of the first of them; null when there is none.</summary>
    public Offset? First
    {
        get
        {
            long first = Math.Min(FirstKey(_undecided), FirstKey(_unreplicated));
            return first == long.MaxValue ? null : new Offset(first);
        }
    }

    public bool HasUnreplicated => _unreplicated.Count > 0;

    public void Begin(Offset firstOffset, ProducerId producer) => _undecided.TryAdd(firstOffset.Value, producer);

    public void End(EndedTransaction ended)
    {
        _undecided.Remove(ended.FirstOffset.Value);
        _unreplicated[ended.FirstOffset.Value] = ended.LastOffset;
    }

    /// <summary>The last stable offset that an abort leaves: the first offset still undecided, else the one after its marker.</summary>
    public Offset StableAfter(EndedTransaction ended)
    {
        foreach (long first in _undecided.Keys)
        {
            if (first != ended.FirstOffset.Value) return new Offset(first);
        }

        return ended.LastOffset + 1;
    }

    /// <summary>Forgets the ended ones whose marker is below the high watermark.</summary>
    public void Replicated(Offset highWatermark)
    {
        while (_unreplicated.Count > 0)
        {
            (long first, Offset last) = _unreplicated.First();
            if (last >= highWatermark) return;
            _unreplicated.Remove(first);
        }
    }

    public void Clear()
    {
        _undecided.Clear();
        _unreplicated.Clear();
    }

    private static long FirstKey<T>(SortedDictionary<long, T> sorted)
    {
        foreach (long key in sorted.Keys) return key;
        return long.MaxValue;
    }
}
