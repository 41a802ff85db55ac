using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Fuzzing;

/// <summary>Good frames of the requests about groups.</summary>
internal static class PlausibleGroupRequests
{
    private const string Topic = "t";

    // "consumer", version 0, of one topic.
    private static readonly byte[] Subscription = [0, 0, 0, 0, 0, 1, 0, 1, (byte)'t', 0xff, 0xff, 0xff, 0xff];

    /// <returns>Null for a request that is about something else.</returns>
    public static IEnumerable<byte[]>? Frames(ApiKey key, short version) => key switch
    {
        ApiKey.FindCoordinator => [RawClient.Frame(FindCoordinator(version), version, 18)],
        ApiKey.JoinGroup => [RawClient.Frame(JoinGroup(version), version, 19)],
        ApiKey.SyncGroup => [RawClient.Frame(SyncGroup(), version, 20)],
        ApiKey.Heartbeat => [RawClient.Frame(new HeartbeatRequest { GroupId = "group", MemberId = "m", GenerationId = 1 }, version, 21)],
        ApiKey.LeaveGroup => [RawClient.Frame(LeaveGroup(version), version, 22)],
        ApiKey.OffsetCommit => [RawClient.Frame(OffsetCommit(version), version, 23)],
        ApiKey.OffsetFetch => [RawClient.Frame(OffsetFetch(version), version, 24)],
        ApiKey.ListGroups => [RawClient.Frame(ListGroups(version), version, 25)],
        ApiKey.DescribeGroups =>
            [RawClient.Frame(new DescribeGroupsRequest { Groups = ["group", "none"], IncludeAuthorizedOperations = version >= 3 }, version, 26)],
        ApiKey.DeleteGroups => [RawClient.Frame(new DeleteGroupsRequest { GroupsNames = ["none", "group"] }, version, 27)],
        ApiKey.OffsetDelete => [RawClient.Frame(OffsetDelete(), version, 28)],
        ApiKey.ConsumerGroupHeartbeat => ConsumerGroupHeartbeats(version).Select(request => RawClient.Frame(request, version, 29)),
        ApiKey.ConsumerGroupDescribe =>
            [RawClient.Frame(new ConsumerGroupDescribeRequest { GroupIds = ["served-1", "none"], IncludeAuthorizedOperations = true }, version, 30)],
        _ => null,
    };

    private static FindCoordinatorRequest FindCoordinator(short version) =>
        version < 4 ? new() { Key = "group" } : new() { CoordinatorKeys = ["group", "other"] };

    /// <summary>Each version joins a group of its own: a second member would wait for the first to join again.</summary>
    private static JoinGroupRequest JoinGroup(short version) => new()
    {
        GroupId = $"group-{version}",
        SessionTimeoutMs = 6_000,
        RebalanceTimeoutMs = 6_000,
        ProtocolType = "consumer",
        Protocols = [new() { Name = "range", Metadata = Subscription }],
    };

    private static SyncGroupRequest SyncGroup() =>
        new() { GroupId = "group", MemberId = "m", GenerationId = 1, Assignments = [new() { MemberId = "m", Assignment = [0, 0] }] };

    private static LeaveGroupRequest LeaveGroup(short version) =>
        version < 3 ? new() { GroupId = "group", MemberId = "m" } : new() { GroupId = "group", Members = [new() { MemberId = "m" }] };

    private static OffsetCommitRequest OffsetCommit(short version) => new()
    {
        GroupId = "group",
        GenerationIdOrMemberEpoch = -1,
        RetentionTimeMs = version is >= 2 and <= 4 ? 60_000 : -1,
        Topics = [new() { Name = Topic, Partitions = [new() { CommittedOffset = 3, CommittedMetadata = "note" }, new() { PartitionIndex = 1 }] }],
    };

    private static OffsetFetchRequest OffsetFetch(short version) => version < 8
        ? new() { GroupId = "group", Topics = [new() { Name = Topic, PartitionIndexes = [0, 1] }] }
        : new() { Groups = [new() { GroupId = "group", Topics = null }, new() { GroupId = "none", Topics = [new() { Name = Topic, PartitionIndexes = [0] }] }] };

    private static ListGroupsRequest ListGroups(short version) =>
        new() { StatesFilter = version >= 4 ? ["Empty"] : [], TypesFilter = version >= 5 ? ["classic"] : [] };

    private static ConsumerGroupHeartbeatRequest[] ConsumerGroupHeartbeats(short version) =>
    [
        new()
        {
            GroupId = $"served-{version}",
            MemberId = "m",
            InstanceId = "i",
            RackId = "r",
            RebalanceTimeoutMs = 6_000,
            SubscribedTopicNames = [Topic],
            SubscribedTopicRegex = version >= 1 ? "t[a-c]{1,3}" : null,
            ServerAssignor = "range",
            TopicPartitions = [],
        },
        new() { GroupId = $"served-{version}", MemberId = "m", MemberEpoch = 1 },
        new() { GroupId = $"served-{version}", MemberId = "m", MemberEpoch = 1, TopicPartitions = [new() { TopicId = new Uuid(1, 2), Partitions = [0, 1] }] },
        new() { GroupId = $"served-{version}", MemberId = "m", InstanceId = "i", MemberEpoch = -2 },
    ];

    private static OffsetDeleteRequest OffsetDelete() =>
        new() { GroupId = "group", Topics = [new() { Name = Topic, Partitions = [new() { PartitionIndex = 1 }] }] };
}
