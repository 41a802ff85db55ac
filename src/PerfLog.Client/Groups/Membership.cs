using PerfLog.Client.Cluster;

namespace PerfLog.Client.Groups;

/// <summary>A consumer's place in its group. Immutable; replaced when it changes.</summary>
/// <param name="MemberId">The coordinator's name for it; empty before it gave one.</param>
/// <param name="Generation">The generation; -1 outside of one.</param>
internal sealed record Membership(string MemberId, int Generation)
{
    private const int NoGeneration = -1;

    public static readonly Membership None = new("", NoGeneration);

    public bool IsActive => Generation != NoGeneration;

    /// <summary>The same member, in no generation.</summary>
    public Membership OutOfGeneration() => this with { Generation = NoGeneration };
}

/// <summary>What a join led to.</summary>
/// <param name="Membership">The place in the group.</param>
/// <param name="Partitions">What the member shall read.</param>
/// <param name="AssignedBy">What the member knew of the cluster when it assigned the partitions; null when another did.</param>
internal sealed record JoinedGeneration(
    Membership Membership, IReadOnlyList<TopicPartition> Partitions, ClusterSnapshot? AssignedBy);
