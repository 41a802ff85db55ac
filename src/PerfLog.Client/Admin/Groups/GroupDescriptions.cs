namespace PerfLog.Client.Admin;

/// <summary>A consumer group as its coordinator lists it.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="Type"><c>classic</c>, <c>consumer</c>; empty from brokers that know no types.</param>
/// <param name="State">Such as <c>Stable</c> or <c>Empty</c>; empty from brokers that do not tell.</param>
/// <param name="ProtocolType"><c>consumer</c> for consumers; empty for a group that only has offsets.</param>
public sealed record GroupListing(string GroupId, string Type, string State, string ProtocolType);

/// <summary>A consumer group with its members.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="Type"><c>classic</c> or <c>consumer</c>.</param>
/// <param name="State">Such as <c>Stable</c>, <c>PreparingRebalance</c> or <c>Empty</c>.</param>
/// <param name="Assignor">How partitions are shared out, such as <c>range</c>; empty while nothing is decided.</param>
/// <param name="Coordinator">The broker that coordinates it.</param>
/// <param name="Members">Its members, in order of their ids.</param>
/// <param name="LastRebalance">The last rebalance that came to its end; null where the coordinator does not tell.</param>
public sealed record GroupDescription(
    string GroupId,
    string Type,
    string State,
    string Assignor,
    BrokerId Coordinator,
    IReadOnlyList<GroupMember> Members,
    RebalanceDescription? LastRebalance);

/// <summary>A member of a consumer group.</summary>
/// <param name="MemberId">The id that it has from the coordinator.</param>
/// <param name="InstanceId">The id that a static member has from its configuration; null for others.</param>
/// <param name="ClientId">What its client calls itself.</param>
/// <param name="Host">Where it connects from.</param>
/// <param name="Assignment">The partitions that are its own now, in order.</param>
public sealed record GroupMember(
    string MemberId, string? InstanceId, string ClientId, string Host, IReadOnlyList<TopicPartition> Assignment);

/// <summary>Why a group paused, and for how long. Only PerfLog tells it.</summary>
/// <param name="Reason">What set the rebalance off.</param>
/// <param name="StartedAt">When it was set off.</param>
/// <param name="TookMs">From then until every member could get its assignment.</param>
public sealed record RebalanceDescription(string Reason, TimestampMs StartedAt, long TookMs);

/// <summary>How far a group has come in a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The next record that the group wants.</param>
/// <param name="Metadata">What the one who committed noted with it.</param>
public sealed record GroupOffset(TopicPartition Partition, Offset Offset, string Metadata = "")
{
    /// <summary>The leader's epoch when the record before it was written, by which a truncated log is noticed; none when not known.</summary>
    public LeaderEpoch LeaderEpoch { get; init; } = LeaderEpoch.None;
}
