namespace PerfLog.Broker.Groups;

/// <summary>
/// A group's committed offsets, as its records say. Several writes may be under way at once and be completed in any order;
/// the one that is later in the log holds. The group's lock guards it.
/// </summary>
internal sealed class GroupOffsets
{
    private readonly Dictionary<TopicPartition, CommittedOffset> _byPartition = [];
    private int _writesUnderWay;
    private int _removals;

    public int Count => _byPartition.Count - _removals;

    public bool HasWritesUnderWay => _writesUnderWay > 0;

    /// <summary>All of them, in no particular order.</summary>
    public IEnumerable<KeyValuePair<TopicPartition, CommittedOffset>> All =>
        _removals == 0 ? _byPartition : _byPartition.Where(static entry => !entry.Value.IsRemoved);

    public bool TryGet(TopicPartition partition, out CommittedOffset offset) =>
        _byPartition.TryGetValue(partition, out offset) && !offset.IsRemoved;

    /// <summary>Records for this group are being written: until they are, removals are remembered.</summary>
    public void BeginWrite() => _writesUnderWay++;

    public void EndWrite()
    {
        _writesUnderWay--;
        if (_writesUnderWay == 0 && _removals > 0) ForgetRemovals();
    }

    public void Put(TopicPartition partition, in CommittedOffset offset)
    {
        bool isKnown = _byPartition.TryGetValue(partition, out CommittedOffset known);
        if (isKnown && known.WrittenAt > offset.WrittenAt) return;
        if (isKnown && known.IsRemoved) _removals--;
        _byPartition[partition] = offset;
    }

    public void Remove(TopicPartition partition, Offset writtenAt)
    {
        bool isKnown = _byPartition.TryGetValue(partition, out CommittedOffset known);
        if (isKnown && known.WrittenAt > writtenAt) return;
        if (_writesUnderWay == 0)
        {
            _byPartition.Remove(partition);
            return;
        }

        // A commit that is older may come in yet, for a partition that nothing is known of now, too.
        if (!isKnown || !known.IsRemoved) _removals++;
        _byPartition[partition] = CommittedOffset.Removed(writtenAt);
    }

    private void ForgetRemovals()
    {
        foreach ((TopicPartition partition, CommittedOffset offset) in _byPartition)
        {
            if (offset.IsRemoved) _byPartition.Remove(partition);
        }

        _removals = 0;
    }
}
