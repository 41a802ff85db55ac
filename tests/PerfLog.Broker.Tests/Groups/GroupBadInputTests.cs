using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Groups;

/// <summary>Goal: what members send that makes no sense harms them alone, and their group goes on.</summary>
public sealed class GroupBadInputTests
{
    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 1, 127, 255, 255, 255, 1 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255 })]
    public async Task A_subscription_that_does_not_parse_is_the_members_own_affair(byte[] subscription)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.FindCoordinator("g");
        JoinGroupRequest request = GroupRequests.Join("g", "t");
        request.Protocols[0].Metadata = subscription;

        JoinGroupResponse joined = client.Join(request);
        if (joined.ErrorCode == ErrorCode.MemberIdRequired)
        {
            request.MemberId = joined.MemberId;
            joined = client.Join(request);
        }

        Assert.Equal(ErrorCode.None, joined.ErrorCode);
        Assert.Equal(subscription, Assert.Single(joined.Members).Metadata);
        Assert.Equal("CompletingRebalance", Described(client).GroupState);
        Assert.Equal(ErrorCode.None, client.Heartbeat("g", joined.MemberId, joined.GenerationId));
    }

    [Fact]
    public async Task An_assignment_of_partitions_that_do_not_exist_reaches_its_member_as_it_is()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();

        // What the leader assigns here is no assignment at all; only members read it.
        (string member, int generation) = client.JoinAlone("g", "no-such-topic");

        DescribeGroupsResponse.DescribedGroup group = Described(client);
        Assert.Equal(("Stable", ErrorCode.None), (group.GroupState, group.ErrorCode));
        Assert.Equal([1, 2, 3], Assert.Single(group.Members).MemberAssignment);
        Assert.Equal([ErrorCode.UnknownTopicOrPartition], client.Commit(GroupRequests.Commit("g", member, generation, ("no-such-topic", 3, 1))));
        Assert.Equal(ErrorCode.None, client.Heartbeat("g", member, generation));
    }

    [Fact]
    public async Task A_commit_for_a_topic_that_was_deleted_is_refused_and_the_others_beside_it_are_kept()
    {
        await using TestBroker broker = await StartAsync();
        broker.CreateTopic("gone");
        using RawClient client = broker.Connect();
        (string member, int generation) = client.JoinAlone("g", "t");
        broker.DeleteTopic("gone");

        Assert.Equal(
            [ErrorCode.UnknownTopicOrPartition, ErrorCode.None],
            client.Commit(GroupRequests.Commit("g", member, generation, ("gone", 0, 5), ("t", 0, 6))));

        Assert.Equal(6, client.Committed("g", "t"));
        Assert.Equal(ErrorCode.None, client.Heartbeat("g", member, generation));
    }

    private static async Task<TestBroker> StartAsync()
    {
        TestBroker broker = await TestBroker.StartAsync(
            null, null, ("offsets.topic.num.partitions", "4"), ("group.initial.rebalance.delay.ms", "0"));
        broker.CreateTopic("t");
        return broker;
    }

    private static DescribeGroupsResponse.DescribedGroup Described(RawClient client) =>
        Assert.Single(client.Call<DescribeGroupsRequest, DescribeGroupsResponse>(new() { Groups = ["g"] }, 5).Groups);
}
