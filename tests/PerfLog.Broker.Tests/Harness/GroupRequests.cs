using PerfLog.Broker.Tests.Groups;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Harness;

/// <summary>The requests about groups, with only what matters to a test said.</summary>
internal static class GroupRequests
{
    public const short CommitVersion = 8;
    public const short FetchOffsetsVersion = 8;
    private const short JoinVersion = 5;
    private const short SyncVersion = 3;

    public static OffsetCommitRequest Commit(string group, string member, int generation, params (string Topic, int Partition, long Offset)[] offsets) => new()
    {
        GroupId = group,
        MemberId = member,
        GenerationIdOrMemberEpoch = generation,
        Topics = [.. offsets.GroupBy(static one => one.Topic).Select(static topic => new OffsetCommitRequest.OffsetCommitRequestTopic
        {
            Name = topic.Key,
            Partitions = [.. topic.Select(static one => new OffsetCommitRequest.OffsetCommitRequestPartition
            {
                PartitionIndex = one.Partition,
                CommittedOffset = one.Offset,
                CommittedMetadata = "",
            })],
        })],
    };

    public static JoinGroupRequest Join(string group, string topic, string member = "", string? instance = null) => new()
    {
        GroupId = group,
        MemberId = member,
        GroupInstanceId = instance,
        SessionTimeoutMs = 10_000,
        RebalanceTimeoutMs = 20_000,
        ProtocolType = "consumer",
        Protocols = [new() { Name = "range", Metadata = Subscription.Of(topic) }],
    };

    public static ErrorCode FindCoordinator(this RawClient client, string group) =>
        client.Call<FindCoordinatorRequest, FindCoordinatorResponse>(new FindCoordinatorRequest { Key = group }, 2).ErrorCode;

    /// <summary>Commits as somebody outside of the group.</summary>
    public static ErrorCode[] Commit(this RawClient client, string group, params (string Topic, int Partition, long Offset)[] offsets) =>
        client.Commit(Commit(group, "", -1, offsets));

    public static ErrorCode[] Commit(this RawClient client, OffsetCommitRequest request, short version = CommitVersion) =>
        [.. client.Call<OffsetCommitRequest, OffsetCommitResponse>(request, version)
            .Topics.SelectMany(static topic => topic.Partitions).Select(static partition => partition.ErrorCode)];

    /// <summary>Where the group stands in a partition; -1 when it does not.</summary>
    public static long Committed(this RawClient client, string group, string topic, int partition = 0)
    {
        var request = new OffsetFetchRequest { Groups = [new() { GroupId = group, Topics = [new() { Name = topic, PartitionIndexes = [partition] }] }] };
        var response = client.Call<OffsetFetchRequest, OffsetFetchResponse>(request, FetchOffsetsVersion);
        var found = Assert.Single(response.Groups);
        Assert.Equal(ErrorCode.None, found.ErrorCode);
        return Assert.Single(Assert.Single(found.Topics).Partitions).CommittedOffset;
    }

    /// <summary>Becomes the only member of a group that has nothing else to wait for.</summary>
    public static (string MemberId, int Generation) JoinAlone(this RawClient client, string group, string topic, string? instance = null)
    {
        Assert.Equal(ErrorCode.None, client.FindCoordinator(group));
        JoinGroupResponse joined = client.Join(Join(group, topic, instance: instance));
        if (joined.ErrorCode == ErrorCode.MemberIdRequired) joined = client.Join(Join(group, topic, joined.MemberId));
        Assert.Equal(ErrorCode.None, joined.ErrorCode);
        var sync = new SyncGroupRequest
        {
            GroupId = group,
            GenerationId = joined.GenerationId,
            MemberId = joined.MemberId,
            GroupInstanceId = instance,
            Assignments = [new() { MemberId = joined.MemberId, Assignment = [1, 2, 3] }],
        };
        SyncGroupResponse synced = client.Call<SyncGroupRequest, SyncGroupResponse>(sync, SyncVersion);
        Assert.Equal((ErrorCode.None, 3), (synced.ErrorCode, synced.Assignment.Length));
        return (joined.MemberId, joined.GenerationId);
    }

    public static JoinGroupResponse Join(this RawClient client, JoinGroupRequest request, short version = JoinVersion) =>
        client.Call<JoinGroupRequest, JoinGroupResponse>(request, version);

    public static ErrorCode Heartbeat(this RawClient client, string group, string member, int generation) =>
        client.Call<HeartbeatRequest, HeartbeatResponse>(new() { GroupId = group, MemberId = member, GenerationId = generation }, 4).ErrorCode;
}
