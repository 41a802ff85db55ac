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

    /// <summary>The first offset of the first of them; the largest number when there is none.</summary>
    public Offset First { get; private set; } = new(long.MaxValue);

    public void Begin(Offset firstOffset, ProducerId producer)
    {
        _undecided[firstOffset.Value] = producer;
        First = Offset.Min(First, firstOffset);
    }

    public void End(EndedTransaction ended)
    {
        _undecided.Remove(ended.FirstOffset.Value);
        _unreplicated[ended.FirstOffset.Value] = ended.LastOffset;
        FindFirst();
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
        foreach ((long first, Offset last) in _unreplicated.Where(ended => ended.Value < highWatermark).ToList()) _unreplicated.Remove(first);
        FindFirst();
    }

    public void Clear()
    {
        _undecided.Clear();
        _unreplicated.Clear();
        FindFirst();
    }

    private void FindFirst() => First = new Offset(Math.Min(FirstKey(_undecided), FirstKey(_unreplicated)));

    private static long FirstKey<T>(SortedDictionary<long, T> sorted) => sorted.Count == 0 ? long.MaxValue : sorted.First().Key;
}
