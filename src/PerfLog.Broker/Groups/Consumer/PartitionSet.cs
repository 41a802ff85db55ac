namespace PerfLog.Broker.Groups;

/// <summary>
/// A set of partitions: what a member has, is to have or has to give up. Immutable, sorted and flat, so that any two are
/// compared, joined and subtracted in one pass over both.
/// </summary>
internal sealed class PartitionSet : IEquatable<PartitionSet>
{
    public static readonly PartitionSet Empty = new([]);

    private readonly TopicIdPartition[] _sorted;

    private PartitionSet(TopicIdPartition[] sorted) => _sorted = sorted;

    public int Count => _sorted.Length;

    public bool IsEmpty => _sorted.Length == 0;

    public ReadOnlySpan<TopicIdPartition> Sorted => _sorted;

    public static PartitionSet Of(IEnumerable<TopicIdPartition> partitions)
    {
        TopicIdPartition[] sorted = [.. partitions.Distinct()];
        Array.Sort(sorted);
        return OfSorted(sorted);
    }

    /// <summary>Takes the array over; it is sorted and names nothing twice.</summary>
    public static PartitionSet OfSorted(TopicIdPartition[] sorted) => sorted.Length == 0 ? Empty : new PartitionSet(sorted);

    public bool Contains(TopicIdPartition partition) => Array.BinarySearch(_sorted, partition) >= 0;

    public bool Overlaps(PartitionSet other)
    {
        foreach (TopicIdPartition partition in _sorted)
        {
            if (other.Contains(partition)) return true;
        }

        return false;
    }

    public bool IsSubsetOf(PartitionSet other)
    {
        foreach (TopicIdPartition partition in _sorted)
        {
            if (!other.Contains(partition)) return false;
        }

        return true;
    }

    /// <summary>What is in both.</summary>
    public PartitionSet Intersect(PartitionSet other) => ReferenceEquals(this, other) ? this : Where(other.Contains);

    /// <summary>What is in this one alone.</summary>
    public PartitionSet Except(PartitionSet other) => other.IsEmpty ? this : Where(partition => !other.Contains(partition));

    /// <summary>What is in either.</summary>
    public PartitionSet Union(PartitionSet other)
    {
        if (other.IsEmpty) return this;
        return IsEmpty ? other : Of([.. _sorted, .. other._sorted]);
    }

    public PartitionSet Where(Predicate<TopicIdPartition> isWanted)
    {
        TopicIdPartition[] wanted = Array.FindAll(_sorted, isWanted);
        return wanted.Length == _sorted.Length ? this : OfSorted(wanted);
    }

    /// <summary>The numbers of each topic, as messages and records have them.</summary>
    public IEnumerable<(Uuid TopicId, List<int> Partitions)> ByTopic()
    {
        for (int start = 0, end; start < _sorted.Length; start = end)
        {
            Uuid topic = _sorted[start].TopicId;
            var partitions = new List<int>();
            for (end = start; end < _sorted.Length && _sorted[end].TopicId == topic; end++) partitions.Add(_sorted[end].Partition);
            yield return (topic, partitions);
        }
    }

    public bool Equals(PartitionSet? other) =>
        ReferenceEquals(this, other) || (other is not null && _sorted.AsSpan().SequenceEqual(other._sorted));

    public override bool Equals(object? obj) => Equals(obj as PartitionSet);

    public override int GetHashCode() => IsEmpty ? 0 : HashCode.Combine(Count, _sorted[0], _sorted[^1]);

    public override string ToString() => string.Join(" ", _sorted.Select(static partition => $"{partition.TopicId}-{partition.Partition}"));
}
