using System.Buffers.Binary;
using PerfLog.Client.Groups;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Admin;

/// <summary>Makes of what coordinators tell of groups, by either protocol, one description. All methods are pure.</summary>
internal static class DescribedGroups
{
    private const string ClassicType = "classic";
    private const string ConsumerType = "consumer";
    private const string DeadState = "Dead";

    // By the older protocol a group that does not exist is one that is dead.
    public static ErrorCode ErrorOf(DescribeGroupsResponse.DescribedGroup group) =>
        group is { ErrorCode: ErrorCode.None, GroupState: DeadState } ? ErrorCode.GroupIdNotFound : group.ErrorCode;

    public static GroupDescription From(ConsumerGroupDescribeResponse.DescribedGroup group, BrokerId coordinator) => new(
        group.GroupId,
        ConsumerType,
        group.GroupState,
        group.AssignorName,
        coordinator,
        [.. group.Members.OrderBy(static member => member.MemberId, StringComparer.Ordinal).Select(Member)],
        Rebalance(group.LastRebalanceReason, group.LastRebalanceStartedMs, group.LastRebalanceTookMs));

    public static GroupDescription From(DescribeGroupsResponse.DescribedGroup group, BrokerId coordinator) => new(
        group.GroupId,
        ClassicType,
        group.GroupState,
        group.ProtocolData,
        coordinator,
        [.. group.Members.OrderBy(static member => member.MemberId, StringComparer.Ordinal).Select(Member)],
        Rebalance(group.LastRebalanceReason, group.LastRebalanceStartedMs, group.LastRebalanceTookMs));

    private static RebalanceDescription? Rebalance(string? reason, long startedMs, long tookMs) =>
        reason is null ? null : new RebalanceDescription(reason, new TimestampMs(startedMs), tookMs);

    private static GroupMember Member(DescribeGroupsResponse.DescribedGroupMember member) => new(
        member.MemberId, member.GroupInstanceId, member.ClientId, member.ClientHost, Assignment(member.MemberAssignment));

    private static GroupMember Member(ConsumerGroupDescribeResponse.Member member) => new(
        member.MemberId,
        member.InstanceId,
        member.ClientId,
        member.ClientHost,
        Ordered(member.Assignment.TopicPartitions.SelectMany(static topic =>
            topic.Partitions.Select(partition => new TopicPartition(topic.TopicName, partition)))));

    /// <summary>The bytes belong to the clients: what is no assignment of consumers shows none.</summary>
    private static IReadOnlyList<TopicPartition> Assignment(byte[] bytes) =>
        BinaryPrimitives.TryReadInt16BigEndian(bytes, out short version) && version >= 0
            && MemberMessages.TryReadAssignment(bytes, out IReadOnlyList<TopicPartition> partitions, out _)
            ? Ordered(partitions)
            : [];

    private static TopicPartition[] Ordered(IEnumerable<TopicPartition> partitions) =>
        [.. partitions.OrderBy(static partition => partition.Topic, StringComparer.Ordinal).ThenBy(static partition => partition.Partition)];
}
