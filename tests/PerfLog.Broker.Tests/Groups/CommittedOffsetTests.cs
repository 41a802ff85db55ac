using Microsoft.Extensions.Time.Testing;
using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Groups;

public sealed class CommittedOffsetTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("perflog-groups-").FullName;

    public static TheoryData<short> CommitVersions => [.. Enumerable.Range(0, 10).Select(static version => (short)version)];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(CommitVersions))]
    public async Task What_is_committed_in_any_version_is_fetched_in_any_version(short version)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.FindCoordinator("g");
        OffsetCommitRequest request = GroupRequests.Commit("g", "", -1, ("t", 0, 42), ("t", 2, 7), ("u", 0, 1));
        request.Topics[0].Partitions[0].CommittedMetadata = "a note";
        if (version >= 6) request.Topics[0].Partitions[0].CommittedLeaderEpoch = 3;

        Assert.Equal([ErrorCode.None, ErrorCode.None, ErrorCode.None], client.Commit(request, version));

        for (short fetch = 1; fetch <= 7; fetch++)
        {
            var asked = new OffsetFetchRequest { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [0, 1, 2] }] };
            var topic = Assert.Single(client.Call<OffsetFetchRequest, OffsetFetchResponse>(asked, fetch).Topics);
            Assert.Equal([42L, -1, 7], topic.Partitions.Select(static partition => partition.CommittedOffset));
            Assert.Equal(["a note", "", ""], topic.Partitions.Select(static partition => partition.Metadata));
            if (fetch >= 5) Assert.Equal(version >= 6 ? 3 : -1, topic.Partitions[0].CommittedLeaderEpoch);
        }
    }

    [Fact]
    public async Task All_that_groups_committed_is_fetched_without_naming_it()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.FindCoordinator("g");
        client.Commit("g", ("t", 0, 1), ("u", 0, 2));
        client.Commit("h", ("t", 1, 3));

        var request = new OffsetFetchRequest { Groups = [new() { GroupId = "g", Topics = null }, new() { GroupId = "h", Topics = null }, new() { GroupId = "none", Topics = null }] };
        var response = client.Call<OffsetFetchRequest, OffsetFetchResponse>(request, 9);

        Assert.Equal(["t", "u"], response.Groups[0].Topics.Select(static topic => topic.Name).Order());
        Assert.Equal(3, Assert.Single(Assert.Single(response.Groups[1].Topics).Partitions).CommittedOffset);
        Assert.Equal((ErrorCode.None, 0), (response.Groups[2].ErrorCode, response.Groups[2].Topics.Count));
    }

    [Fact]
    public async Task They_and_the_members_survive_a_restart()
    {
        string member;
        int generation;
        await using (TestBroker first = await StartAsync())
        {
            using RawClient client = first.Connect();
            (member, generation) = client.JoinAlone("g", "t");
            client.Commit(GroupRequests.Commit("g", member, generation, ("t", 0, 5)));
            client.Commit(GroupRequests.Commit("g", member, generation, ("t", 0, 6), ("t", 1, 9)));
            client.Commit("simple", ("u", 0, 11));
        }

        await using TestBroker second = await StartAsync();
        using RawClient again = second.Connect();
        Waiting.Until(() => again.Heartbeat("g", "nobody", 1) == ErrorCode.UnknownMemberId);
        Assert.Equal((6L, 9L, 11L), (again.Committed("g", "t"), again.Committed("g", "t", 1), again.Committed("simple", "u")));
        Assert.Equal(ErrorCode.None, again.Heartbeat("g", member, generation));
        Assert.Equal([ErrorCode.None], again.Commit(GroupRequests.Commit("g", member, generation, ("t", 0, 8))));
    }

    [Fact]
    public async Task A_commit_that_cannot_be_is_refused_beside_others_that_can()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.FindCoordinator("g");
        OffsetCommitRequest request = GroupRequests.Commit("g", "", -1, ("t", 0, 1), ("t", 3, 1), ("none", 0, 1), ("u", 0, 1));
        request.Topics[2].Partitions[0].CommittedMetadata = new string('x', 4_096);
        request.Topics[0].Partitions[0].CommittedMetadata = new string('x', 4_097);

        ErrorCode[] errors = client.Commit(request);

        Assert.Equal([ErrorCode.OffsetMetadataTooLarge, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition, ErrorCode.None], errors);
        Assert.Equal((-1L, 1L), (client.Committed("g", "t"), client.Committed("g", "u")));
    }

    [Fact]
    public async Task While_a_group_has_members_only_they_commit()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        (string member, int generation) = client.JoinAlone("g", "t");

        Assert.Equal([ErrorCode.UnknownMemberId], client.Commit("g", ("t", 0, 1)));
        Assert.Equal([ErrorCode.IllegalGeneration], client.Commit(GroupRequests.Commit("g", member, generation - 1, ("t", 0, 1))));
        Assert.Equal([ErrorCode.UnknownMemberId], client.Commit(GroupRequests.Commit("g", "nobody", generation, ("t", 0, 1))));
        Assert.Equal([ErrorCode.IllegalGeneration], client.Commit(GroupRequests.Commit("none", "nobody", 1, ("t", 0, 1))));
        Assert.Equal([ErrorCode.None], client.Commit(GroupRequests.Commit("g", member, generation, ("t", 0, 1))));
    }

    [Fact]
    public async Task A_group_without_a_name_may_commit_but_not_join()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.FindCoordinator("g");

        Assert.Equal([ErrorCode.None], client.Commit("", ("t", 0, 1)));
        Assert.Equal(1, client.Committed("", "t"));
        Assert.Equal(ErrorCode.InvalidGroupId, client.Join(GroupRequests.Join("", "t")).ErrorCode);
    }

    [Fact]
    public async Task A_name_longer_than_a_record_can_hold_is_refused()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.FindCoordinator("g");
        string name = new('g', 40_000);

        // Only flexible versions can carry it at all; our own writer refuses, so the frame is made by hand.
        byte[] frame = OverlongName.CommitFrame(name);
        client.SendBytes(frame);

        Assert.Contains((byte)ErrorCode.InvalidGroupId, client.ReceiveFrame());
        broker.AssertServes();
    }

    [Fact]
    public async Task They_go_with_their_topic()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.FindCoordinator("g");
        client.Commit("g", ("t", 0, 1), ("u", 0, 2));

        broker.DeleteTopic("t");

        Waiting.Until(() => client.Committed("g", "t") == -1);
        Assert.Equal(2, client.Committed("g", "u"));
    }

    [Fact]
    public async Task They_expire_when_the_group_has_had_no_members_for_the_retention_time()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using TestBroker broker = await StartAsync(time, ("offsets.retention.minutes", "60"), ("offsets.retention.check.interval.ms", "60000"));
        using RawClient client = broker.Connect();
        client.FindCoordinator("g");
        client.Commit("g", ("t", 0, 1));
        OffsetCommitRequest shorter = GroupRequests.Commit("g", "", -1, ("u", 0, 2));
        shorter.RetentionTimeMs = 120_000;
        client.Commit(shorter, 2);

        time.Advance(TimeSpan.FromMinutes(3));
        Waiting.Until(() => client.Committed("g", "u") == -1);
        Assert.Equal(1, client.Committed("g", "t"));
        time.Advance(TimeSpan.FromMinutes(56));
        Assert.Equal(1, client.Committed("g", "t"));
        time.Advance(TimeSpan.FromMinutes(2));

        Waiting.Until(() => client.Committed("g", "t") == -1);
        Waiting.Until(() => client.Call<ListGroupsRequest, ListGroupsResponse>(new(), 4).Groups.Count == 0);
    }

    private Task<TestBroker> StartAsync(params (string, string)[] settings) => StartAsync(null, settings);

    private async Task<TestBroker> StartAsync(TimeProvider? time, params (string, string)[] settings)
    {
        TestBroker broker = await TestBroker.StartAsync(
            time, _directory, [("group.initial.rebalance.delay.ms", "0"), ("offsets.topic.num.partitions", "4"), .. settings]);
        using RawClient client = broker.Connect();
        var known = client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = null }, 12);
        if (known.Topics.Any(static topic => topic.Name == "t")) return broker;
        broker.CreateTopic("t", 3);
        broker.CreateTopic("u");
        return broker;
    }
}
