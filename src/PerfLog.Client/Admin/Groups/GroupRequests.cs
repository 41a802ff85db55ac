using System.Buffers.Binary;
using PerfLog.Client.Groups;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Admin;

/// <summary>The requests about groups and their members.</summary>
internal sealed class GroupRequests(ClusterConnections cluster, GroupCoordinators coordinators)
{
    private const string ClassicType = "classic";
    private const string ConsumerType = "consumer";
    private const string DeadState = "Dead";

    public async Task<IReadOnlyList<GroupListing>> ListAsync(CancellationToken cancellation)
    {
        List<GroupListing> groups = [];
        ClusterDescription described = await cluster.DescribeAsync(cancellation).ConfigureAwait(false);
        foreach (BrokerDescription broker in described.Brokers)
        {
            ListGroupsResponse response = await cluster.AskBrokerAsync<ListGroupsRequest, ListGroupsResponse>(
                broker.Address, static _ => new ListGroupsRequest(), cancellation).ConfigureAwait(false);
            AdminException.ThrowIfFailed(response.ErrorCode, $"broker {broker.Id}");
            groups.AddRange(response.Groups.Select(static group =>
                new GroupListing(group.GroupId, group.GroupType, group.GroupState, group.ProtocolType)));
        }

        return [.. groups.OrderBy(static group => group.GroupId, StringComparer.Ordinal)];
    }

    public async Task<GroupDescription> DescribeAsync(string group, CancellationToken cancellation) =>
        await DescribeConsumerGroupAsync(group, cancellation).ConfigureAwait(false)
        ?? await DescribeClassicGroupAsync(group, cancellation).ConfigureAwait(false);

    public async Task DeleteAsync(string group, CancellationToken cancellation)
    {
        (DeleteGroupsResponse response, _) = await coordinators.AskAsync<DeleteGroupsRequest, DeleteGroupsResponse>(
            group,
            _ => new DeleteGroupsRequest { GroupsNames = [group] },
            static answer => answer.Results[0].ErrorCode,
            cancellation).ConfigureAwait(false);
        GroupErrors.ThrowIfFailed(response.Results[0].ErrorCode, group);
    }

    /// <returns>Null when it is no group of the newer protocol, or the broker does not know that.</returns>
    private async Task<GroupDescription?> DescribeConsumerGroupAsync(string group, CancellationToken cancellation)
    {
        ConsumerGroupDescribeResponse response;
        BrokerId coordinator;
        try
        {
            (response, coordinator) = await coordinators.AskAsync<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(
                group,
                _ => new ConsumerGroupDescribeRequest { GroupIds = [group] },
                static answer => answer.Groups[0].ErrorCode,
                cancellation).ConfigureAwait(false);
        }
        catch (UnsupportedApiException)
        {
            return null;
        }

        ConsumerGroupDescribeResponse.DescribedGroup described = response.Groups[0];
        if (described.ErrorCode == ErrorCode.GroupIdNotFound) return null;
        AdminException.ThrowIfFailed(described.ErrorCode, $"group {group}", described.ErrorMessage);
        return new GroupDescription(
            group,
            ConsumerType,
            described.GroupState,
            described.AssignorName,
            coordinator,
            [.. described.Members.OrderBy(static member => member.MemberId, StringComparer.Ordinal).Select(Member)],
            Rebalance(described.LastRebalanceReason, described.LastRebalanceStartedMs, described.LastRebalanceTookMs));
    }

    private async Task<GroupDescription> DescribeClassicGroupAsync(string group, CancellationToken cancellation)
    {
        (DescribeGroupsResponse response, BrokerId coordinator) = await coordinators.AskAsync<DescribeGroupsRequest, DescribeGroupsResponse>(
            group,
            _ => new DescribeGroupsRequest { Groups = [group] },
            static answer => answer.Groups[0].ErrorCode,
            cancellation).ConfigureAwait(false);
        DescribeGroupsResponse.DescribedGroup described = response.Groups[0];
        if (described is { ErrorCode: ErrorCode.None, GroupState: DeadState }) GroupErrors.ThrowIfFailed(ErrorCode.GroupIdNotFound, group);
        GroupErrors.ThrowIfFailed(described.ErrorCode, group);
        return new GroupDescription(
            group,
            ClassicType,
            described.GroupState,
            described.ProtocolData,
            coordinator,
            [.. described.Members.OrderBy(static member => member.MemberId, StringComparer.Ordinal).Select(Member)],
            Rebalance(described.LastRebalanceReason, described.LastRebalanceStartedMs, described.LastRebalanceTookMs));
    }

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
