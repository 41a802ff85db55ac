namespace PerfLog.Broker.Groups;

/// <summary>One partition of a topic that is known by its id. Ordered by topic, then by number.</summary>
internal readonly record struct TopicIdPartition(Uuid TopicId, int Partition) : IComparable<TopicIdPartition>
{
    public int CompareTo(TopicIdPartition other)
    {
        int byTopic = Compare(TopicId, other.TopicId);
        return byTopic != 0 ? byTopic : Partition.CompareTo(other.Partition);
    }

    public static int Compare(Uuid left, Uuid right)
    {
        int byFirstHalf = left.MostSignificant.CompareTo(right.MostSignificant);
        return byFirstHalf != 0 ? byFirstHalf : left.LeastSignificant.CompareTo(right.LeastSignificant);
    }
}
