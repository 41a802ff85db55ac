namespace PerfLog.Client.Admin;

/// <summary>A topic as the cluster knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id; zero from brokers that have none.</param>
/// <param name="IsInternal">Whether the cluster made it for itself.</param>
/// <param name="Partitions">Its partitions, in order.</param>
public sealed record TopicDescription(string Name, Uuid Id, bool IsInternal, IReadOnlyList<PartitionDescription> Partitions);

/// <summary>A partition as the cluster knows it.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="Leader">The broker that serves it; none while it has no leader.</param>
/// <param name="Replicas">The brokers that should hold it, the preferred leader first.</param>
/// <param name="InSyncReplicas">Those that hold all that is committed.</param>
public sealed record PartitionDescription(
    int Partition, BrokerId Leader, IReadOnlyList<BrokerId> Replicas, IReadOnlyList<BrokerId> InSyncReplicas)
{
    /// <summary>The leader's epoch; none from brokers that do not tell.</summary>
    public LeaderEpoch LeaderEpoch { get; init; } = LeaderEpoch.None;

    /// <summary>Those of the replicas whose broker or disk is away; empty from brokers that do not tell.</summary>
    public IReadOnlyList<BrokerId> OfflineReplicas { get; init; } = [];
}
