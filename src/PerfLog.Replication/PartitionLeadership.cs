namespace PerfLog.Replication;

/// <summary>Who leads a partition, in which epoch, and how many replicas are in sync. Immutable.</summary>
public sealed record PartitionLeadership(BrokerId Leader, LeaderEpoch Epoch, int InSyncCount)
{
    public static readonly PartitionLeadership None = new(BrokerId.None, LeaderEpoch.None, 0);
}
