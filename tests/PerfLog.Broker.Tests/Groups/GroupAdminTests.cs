using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Groups;

public sealed class GroupAdminTests
{
    [Fact]
    public async Task The_coordinator_is_found_in_every_version_and_by_the_batch()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        for (short version = 0; version <= 3; version++)
        {
            var found = client.Call<FindCoordinatorRequest, FindCoordinatorResponse>(new() { Key = "g" }, version);
            Assert.Equal((ErrorCode.None, broker.Broker.EndPoint.Port), (found.ErrorCode, found.Port));
        }

        var batch = client.Call<FindCoordinatorRequest, FindCoordinatorResponse>(new() { CoordinatorKeys = ["g", "h"] }, 5).Coordinators;

        Assert.Equal(["g", "h"], batch.Select(static one => one.Key));
        Assert.All(batch, one => Assert.Equal((ErrorCode.None, broker.Broker.EndPoint.Port), (one.ErrorCode, one.Port)));
    }

    [Fact]
    public async Task Other_kinds_of_coordinators_are_not_here()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, Find(1));
        Assert.Equal(ErrorCode.InvalidRequest, Find(7));

        ErrorCode Find(sbyte type) => client.Call<FindCoordinatorRequest, FindCoordinatorResponse>(new() { Key = "g", KeyType = type }, 2).ErrorCode;
    }

    [Fact]
    public async Task Before_anybody_asked_for_a_coordinator_nobody_is_one()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.NotCoordinator, client.Join(GroupRequests.Join("g", "t")).ErrorCode);
        Assert.Equal(ErrorCode.NotCoordinator, client.Heartbeat("g", "m", 1));
        Assert.Equal([ErrorCode.NotCoordinator], client.Commit("g", ("t", 0, 1)));
    }

    [Fact]
    public async Task The_offsets_topic_is_compacted_and_has_the_partitions_that_are_configured()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.FindCoordinator("g");

        var topic = Assert.Single(client.Call<MetadataRequest, MetadataResponse>(new() { Topics = [new() { Name = "__consumer_offsets" }] }, 12).Topics);
        var configs = client.Call<DescribeConfigsRequest, DescribeConfigsResponse>(
            new() { Resources = [new() { ResourceType = 2, ResourceName = "__consumer_offsets" }] }, 4).Results[0].Configs;

        Assert.Equal((4, true), (topic.Partitions.Count, topic.IsInternal));
        Assert.Equal("compact", configs.Single(static config => config.Name == "cleanup.policy").Value);
        Assert.Equal("104857600", configs.Single(static config => config.Name == "segment.bytes").Value);
    }

    [Fact]
    public async Task Groups_are_listed_by_state_and_type_and_described()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect("reader");
        (string member, _) = client.JoinAlone("busy", "t");
        client.Commit("idle", ("t", 0, 1));

        Assert.Equal(["busy", "idle"], List(new()).Order());
        Assert.Equal(["busy"], List(new() { StatesFilter = ["stable"] }));
        Assert.Equal(["idle"], List(new() { StatesFilter = ["Empty"], TypesFilter = ["classic"] }));
        Assert.Empty(List(new() { TypesFilter = ["consumer"] }));
        var described = client.Call<DescribeGroupsRequest, DescribeGroupsResponse>(new() { Groups = ["busy", "idle", "none"] }, 5).Groups;
        Assert.Equal(["Stable", "Empty", "Dead"], described.Select(static one => one.GroupState));
        Assert.Equal(("consumer", "range"), (described[0].ProtocolType, described[0].ProtocolData));
        var only = Assert.Single(described[0].Members);
        Assert.Equal((member, "reader", "/127.0.0.1"), (only.MemberId, only.ClientId, only.ClientHost));
        Assert.Equal(Subscription.Of("t"), only.MemberMetadata);
        Assert.Equal([1, 2, 3], only.MemberAssignment);
        var newest = client.Call<DescribeGroupsRequest, DescribeGroupsResponse>(new() { Groups = ["none"] }, 6).Groups[0];
        Assert.Equal(ErrorCode.GroupIdNotFound, newest.ErrorCode);

        IEnumerable<string> List(ListGroupsRequest request) =>
            client.Call<ListGroupsRequest, ListGroupsResponse>(request, 5).Groups.Select(static one => one.GroupId);
    }

    [Fact]
    public async Task Only_groups_without_members_are_deleted_and_then_wholly()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        (string member, int generation) = client.JoinAlone("busy", "t");
        client.Commit(GroupRequests.Commit("busy", member, generation, ("t", 0, 4)));

        Assert.Equal([ErrorCode.NonEmptyGroup, ErrorCode.GroupIdNotFound], Delete("busy", "none"));
        client.Call<LeaveGroupRequest, LeaveGroupResponse>(new() { GroupId = "busy", MemberId = member }, 1);
        Assert.Equal(4, client.Committed("busy", "t"));
        Assert.Equal([ErrorCode.None], Delete("busy"));

        Assert.Equal(-1, client.Committed("busy", "t"));
        Assert.Equal([ErrorCode.GroupIdNotFound], Delete("busy"));
        client.JoinAlone("busy", "t");

        IEnumerable<ErrorCode> Delete(params string[] groups) => client.Call<DeleteGroupsRequest, DeleteGroupsResponse>(
            new() { GroupsNames = [.. groups] }, 2).Results.Select(static one => one.ErrorCode);
    }

    [Fact]
    public async Task Offsets_of_topics_that_members_read_are_not_deleted()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        (string member, int generation) = client.JoinAlone("g", "t");
        client.Commit(GroupRequests.Commit("g", member, generation, ("t", 0, 4), ("u", 0, 5)));
        var request = new OffsetDeleteRequest
        {
            GroupId = "g",
            Topics = [new() { Name = "t", Partitions = [new()] }, new() { Name = "u", Partitions = [new(), new() { PartitionIndex = 9 }] }],
        };

        var response = client.Call<OffsetDeleteRequest, OffsetDeleteResponse>(request, 0);

        Assert.Equal(
            [ErrorCode.GroupSubscribedToTopic, ErrorCode.None, ErrorCode.UnknownTopicOrPartition],
            response.Topics.SelectMany(static topic => topic.Partitions).Select(static partition => partition.ErrorCode));
        Assert.Equal((4L, -1L), (client.Committed("g", "t"), client.Committed("g", "u")));
        request.GroupId = "none";
        Assert.Equal(ErrorCode.GroupIdNotFound, client.Call<OffsetDeleteRequest, OffsetDeleteResponse>(request, 0).ErrorCode);
    }

    [Fact]
    public async Task A_member_whose_session_is_out_of_bounds_is_refused()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.FindCoordinator("g");
        JoinGroupRequest request = GroupRequests.Join("g", "t");

        request.SessionTimeoutMs = 5_999;
        Assert.Equal(ErrorCode.InvalidSessionTimeout, client.Join(request).ErrorCode);
        request.SessionTimeoutMs = 1_800_001;
        Assert.Equal(ErrorCode.InvalidSessionTimeout, client.Join(request).ErrorCode);
    }

    [Fact]
    public async Task A_member_that_waits_does_not_hold_the_broker_up_when_it_stops()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient first = broker.Connect(), second = broker.Connect();
        first.JoinAlone("g", "t");
        second.Send(GroupRequests.Join("g", "t", instance: "waits"), 5);
        Waiting.Until(() => first.Call<ListGroupsRequest, ListGroupsResponse>(new() { StatesFilter = ["PreparingRebalance"] }, 4).Groups.Count == 1);

        await broker.DisposeAsync();

        Assert.True(second.IsClosedByBroker());
        Assert.Empty(broker.Log.Errors);
    }

    private static async Task<TestBroker> StartAsync()
    {
        TestBroker broker = await TestBroker.StartAsync(
            settings: [("group.initial.rebalance.delay.ms", "0"), ("offsets.topic.num.partitions", "4")]);
        broker.CreateTopic("t");
        broker.CreateTopic("u");
        return broker;
    }
}
