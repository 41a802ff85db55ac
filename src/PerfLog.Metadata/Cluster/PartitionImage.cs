using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>One partition as the cluster's metadata has it. Immutable.</summary>
public sealed record PartitionImage
{
    public required int Partition { get; init; }

    /// <summary>The brokers that hold the partition, the preferred leader first.</summary>
    public required ImmutableArray<BrokerId> Replicas { get; init; }

    public ImmutableArray<BrokerId> AddingReplicas { get; init; } = [];

    public ImmutableArray<BrokerId> RemovingReplicas { get; init; } = [];

    /// <summary><see cref="BrokerId.None"/> while the partition has no leader.</summary>
    public BrokerId Leader { get; init; } = BrokerId.None;

    /// <summary><see cref="LeaderEpoch.None"/> until a first leader was elected.</summary>
    public LeaderEpoch LeaderEpoch { get; init; } = LeaderEpoch.None;

    public ImmutableArray<BrokerId> Isr { get; init; } = [];

    public int ControllerEpoch { get; init; }

    /// <summary>Counts the changes of leader and in-sync set; the expected version of the next one. -1 before the first.</summary>
    public int PartitionEpoch { get; init; } = -1;

    /// <summary>The last transaction that changed leader or in-sync set.</summary>
    internal Zxid StateZxid { get; init; }
}
