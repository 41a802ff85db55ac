using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;
using Heartbeat = PerfLog.Protocol.Messages.ConsumerGroupHeartbeatRequest;
using HeartbeatAnswered = PerfLog.Protocol.Messages.ConsumerGroupHeartbeatResponse;

namespace PerfLog.Broker.Tests.Groups.Consumer;

/// <summary>Consumer groups as a client sees them, by requests to a whole broker.</summary>
public sealed class ConsumerGroupRequestTests
{
    private const string Topic = "t";
    private const string Group = "g";

    [Fact]
    public async Task A_member_joins_commits_is_listed_and_described_and_its_group_is_deleted_when_it_left()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        HeartbeatAnswered joined = Join(client, "m1");

        Assert.Equal((ErrorCode.None, 1, 5000), (joined.ErrorCode, joined.MemberEpoch, joined.HeartbeatIntervalMs));
        Assert.Equal([0, 1, 2], Assert.Single(joined.Assignment!.TopicPartitions).Partitions.Order());
        HeartbeatAnswered idle = client.Call<Heartbeat, HeartbeatAnswered>(new() { GroupId = Group, MemberId = "m1", MemberEpoch = 1 }, 1);
        Assert.Equal((ErrorCode.None, 1, null), (idle.ErrorCode, idle.MemberEpoch, idle.Assignment));

        Assert.Equal(ErrorCode.None, Commit(client, "m1", 1));
        Assert.Equal(ErrorCode.StaleMemberEpoch, Commit(client, "m1", 0));
        Assert.Equal(ErrorCode.UnknownMemberId, Commit(client, "m2", 1));
        Assert.Equal(7, Fetch(client, "m1", 1).Topics[0].Partitions[0].CommittedOffset);
        Assert.Equal(ErrorCode.StaleMemberEpoch, Fetch(client, "m1", 5).ErrorCode);

        ListGroupsResponse listed = client.Call<ListGroupsRequest, ListGroupsResponse>(new() { TypesFilter = ["consumer"] }, 5);
        Assert.Equal((Group, "Stable", "consumer"), (listed.Groups[0].GroupId, listed.Groups[0].GroupState, listed.Groups[0].GroupType));
        Assert.Empty(client.Call<ListGroupsRequest, ListGroupsResponse>(new() { TypesFilter = ["classic"] }, 5).Groups);
        ConsumerGroupDescribeResponse.DescribedGroup described = Describe(client);
        Assert.Equal(("Stable", 1, 1, "uniform"), (described.GroupState, described.GroupEpoch, described.AssignmentEpoch, described.AssignorName));
        Assert.Equal("m1 joined", described.LastRebalanceReason);
        Assert.True(described is { LastRebalanceTookMs: >= 0, LastRebalanceStartedMs: > 0 });
        ConsumerGroupDescribeResponse.Member member = Assert.Single(described.Members);
        Assert.Equal(("m1", Topic, 3), (member.MemberId, member.Assignment.TopicPartitions[0].TopicName, member.TargetAssignment.TopicPartitions[0].Partitions.Count));

        Assert.Equal(ErrorCode.NonEmptyGroup, Delete(client));
        Assert.Equal(-1, Leave(client, "m1").MemberEpoch);
        Assert.Equal(ErrorCode.None, Delete(client));
        Assert.Equal(ErrorCode.GroupIdNotFound, Describe(client).ErrorCode);
    }

    [Fact]
    public async Task An_empty_group_goes_over_to_the_other_protocol_and_keeps_its_offsets()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        Join(client, "m1");
        Commit(client, "m1", 1);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, JoinClassic(client).ErrorCode);
        Leave(client, "m1");

        JoinGroupResponse classic = JoinClassic(client);
        Assert.Equal(ErrorCode.None, classic.ErrorCode);
        Assert.Equal(ErrorCode.GroupIdNotFound, Join(client, "m2").ErrorCode);
        client.Call<LeaveGroupRequest, LeaveGroupResponse>(new() { GroupId = Group, MemberId = classic.MemberId }, 1);

        Assert.Equal((ErrorCode.None, 1), (Join(client, "m2").ErrorCode, Join(client, "m2").MemberEpoch));
        Assert.Equal(7, Fetch(client, "m2", 1).Topics[0].Partitions[0].CommittedOffset);
    }

    [Fact]
    public async Task Requests_that_make_no_sense_are_refused_with_a_reason()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        Heartbeat[] nonsense =
        [
            Broken(static request => request.GroupId = ""),
            Broken(static request => request.MemberId = ""),
            Broken(static request => request.RackId = ""),
            Broken(static request => request.InstanceId = ""),
            Broken(static request => request.RebalanceTimeoutMs = -1),
            Broken(static request => request.TopicPartitions = null),
            Broken(static request => request.TopicPartitions = [new() { Partitions = [0] }]),
            Broken(static request => request.SubscribedTopicNames = null),
            Broken(static request => request.MemberEpoch = -2),
            Broken(static request => request.MemberEpoch = -3),
        ];
        foreach (Heartbeat request in nonsense)
        {
            HeartbeatAnswered answer = client.Call<Heartbeat, HeartbeatAnswered>(request, 1);
            Assert.Equal(ErrorCode.InvalidRequest, answer.ErrorCode);
            Assert.NotEmpty(answer.ErrorMessage!);
        }

        Assert.Equal(ErrorCode.UnknownMemberId, client.Call<Heartbeat, HeartbeatAnswered>(new() { GroupId = "none", MemberId = "m", MemberEpoch = 1 }, 1).ErrorCode);
    }

    private static async Task<TestBroker> StartAsync()
    {
        TestBroker broker = await TestBroker.StartAsync(settings: [("group.initial.rebalance.delay.ms", "0"), ("offsets.topic.num.partitions", "2")]);
        broker.CreateTopic(Topic, 3);
        using RawClient client = broker.Connect();
        Assert.Equal(ErrorCode.None, client.Call<FindCoordinatorRequest, FindCoordinatorResponse>(new() { Key = Group }, 3).ErrorCode);

        // The coordinator loads its partitions in the background.
        while (client.Call<ListGroupsRequest, ListGroupsResponse>(new(), 0).ErrorCode == ErrorCode.CoordinatorLoadInProgress) await Task.Yield();
        return broker;
    }

    private static Heartbeat Joining(string member) => new()
    {
        GroupId = Group,
        MemberId = member,
        RebalanceTimeoutMs = 30_000,
        SubscribedTopicNames = [Topic],
        TopicPartitions = [],
    };

    private static Heartbeat Broken(Action<Heartbeat> breakIt)
    {
        Heartbeat request = Joining("m");
        breakIt(request);
        return request;
    }

    private static HeartbeatAnswered Join(RawClient client, string member) => client.Call<Heartbeat, HeartbeatAnswered>(Joining(member), 1);

    private static HeartbeatAnswered Leave(RawClient client, string member) =>
        client.Call<Heartbeat, HeartbeatAnswered>(new() { GroupId = Group, MemberId = member, MemberEpoch = -1 }, 1);

    private static ErrorCode Commit(RawClient client, string member, int epoch)
    {
        OffsetCommitRequest request = new()
        {
            GroupId = Group,
            MemberId = member,
            GenerationIdOrMemberEpoch = epoch,
            Topics = [new() { Name = Topic, Partitions = [new() { CommittedOffset = 7 }] }],
        };
        return client.Call<OffsetCommitRequest, OffsetCommitResponse>(request, 9).Topics[0].Partitions[0].ErrorCode;
    }

    private static OffsetFetchResponse.OffsetFetchResponseGroup Fetch(RawClient client, string member, int epoch)
    {
        OffsetFetchRequest request = new() { Groups = [new() { GroupId = Group, MemberId = member, MemberEpoch = epoch, Topics = null }] };
        return client.Call<OffsetFetchRequest, OffsetFetchResponse>(request, 9).Groups[0];
    }

    private static ConsumerGroupDescribeResponse.DescribedGroup Describe(RawClient client) =>
        client.Call<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(new() { GroupIds = [Group] }, 1).Groups[0];

    private static ErrorCode Delete(RawClient client) =>
        client.Call<DeleteGroupsRequest, DeleteGroupsResponse>(new() { GroupsNames = [Group] }, 2).Results[0].ErrorCode;

    private static JoinGroupResponse JoinClassic(RawClient client) => client.Call<JoinGroupRequest, JoinGroupResponse>(
        new()
        {
            GroupId = Group,
            SessionTimeoutMs = 6_000,
            RebalanceTimeoutMs = 6_000,
            ProtocolType = "consumer",
            Protocols = [new() { Name = "range" }],
        },
        3);
}
