using PerfLog.Client.Admin;
using PerfLog.Client.Tests.Scripted;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Tests.Admin;

/// <summary>Whom the client asks how often, and what it asks again, under a clock that the test moves.</summary>
public sealed class AdminRetryTests : IAsyncLifetime
{
    private readonly ScriptedCluster _cluster = new() { Partitions = 4 };
    private AdminClient _client = null!;

    public Task InitializeAsync()
    {
        _cluster.OtherLeaders[1] = 2;
        _cluster.OtherLeaders[3] = 2;
        _client = new AdminClient(new AdminClientOptions { BootstrapServers = ScriptedCluster.Servers, Time = _cluster.Time }, _cluster);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _client.DisposeAsync();

    [Fact]
    public async Task Each_leader_is_asked_once_and_metadata_once_for_all_partitions()
    {
        Task<AdminResults<TopicPartition, FoundOffset>> listed = ListAsync(0, 1, 2, 3);
        Asked<ListOffsetsRequest>[] asked = [await _cluster.NextAsync<ListOffsetsRequest>(), await _cluster.NextAsync<ListOffsetsRequest>()];
        Assert.Equal(["1: 0 2", "2: 1 3"], asked.Select(static one => $"{one.Broker.Port}: {string.Join(' ', Partitions(one))}").Order());
        foreach (Asked<ListOffsetsRequest> one in asked) Answer(one, static _ => ErrorCode.None);

        Assert.Equal([100, 101, 102, 103], (await listed).All().Select(static found => found.Offset.Value));
        Assert.Equal(1, _cluster.MetadataQuestions);
    }

    [Fact]
    public async Task Only_the_partition_that_has_moved_is_asked_for_again()
    {
        Task<AdminResults<TopicPartition, FoundOffset>> listed = ListAsync(0, 2);
        Asked<ListOffsetsRequest> first = await _cluster.NextAsync<ListOffsetsRequest>();
        _cluster.OtherLeaders[2] = 2;
        Answer(first, static partition => partition == 2 ? ErrorCode.NotLeaderOrFollower : ErrorCode.None);
        Asked<ListOffsetsRequest> second = await _cluster.NextOfAsync<ListOffsetsRequest>();

        Assert.Equal((2, "2"), (second.Broker.Port, string.Join(' ', Partitions(second))));
        Answer(second, static _ => ErrorCode.None);
        Assert.Equal(2, (await listed).All().Count);
        Assert.Equal(2, _cluster.MetadataQuestions);
    }

    [Fact]
    public async Task What_is_still_refused_when_time_is_over_fails_alone_with_the_last_reason()
    {
        Task<AdminResults<TopicPartition, FoundOffset>> listed = ListAsync(0, 2);
        Answer(await _cluster.NextAsync<ListOffsetsRequest>(), static partition => partition == 2 ? ErrorCode.NotLeaderOrFollower : ErrorCode.None);
        using CancellationTokenSource over = new();
        Task refusing = RefuseAsync(over.Token);

        AdminResults<TopicPartition, FoundOffset> results = await _cluster.InTimeAsync(listed);

        await over.CancelAsync();
        await refusing;
        Assert.Equal(ErrorCode.None, results[new(ScriptedCluster.Topic, 0)].Error);
        AdminException late = results[new(ScriptedCluster.Topic, 2)].Failure!;
        Assert.Equal(ErrorCode.NotLeaderOrFollower, late.Error);
        Assert.Contains("partition t-2: not done within 60 s", late.Message);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_fails_its_items_alone_when_time_is_over()
    {
        Task<AdminResults<TopicPartition, FoundOffset>> listed = ListAsync(0, 1);
        Asked<ListOffsetsRequest>[] asked = [await _cluster.NextAsync<ListOffsetsRequest>(), await _cluster.NextAsync<ListOffsetsRequest>()];
        Answer(asked.Single(static one => one.Broker.Port == 1), static _ => ErrorCode.None);

        AdminResults<TopicPartition, FoundOffset> results = await _cluster.InTimeAsync(listed);

        Assert.Equal(ErrorCode.None, results[new(ScriptedCluster.Topic, 0)].Error);
        Assert.Equal(ErrorCode.RequestTimedOut, results[new(ScriptedCluster.Topic, 1)].Error);
    }

    [Fact]
    public async Task The_coordinator_of_many_groups_is_looked_for_once_and_only_those_that_load_are_asked_for_again()
    {
        Task<AdminResults<string, GroupDescription>> described = _client.DescribeGroupsAsync(["g1", "g2"]);
        Asked<ConsumerGroupDescribeRequest> first = await _cluster.NextAsync<ConsumerGroupDescribeRequest>();
        Assert.Equal(["g1", "g2"], first.Request.GroupIds);
        Assert.Equal(1, _cluster.CoordinatorQuestions);
        Answer(first, static group => group == "g1" ? ErrorCode.None : ErrorCode.CoordinatorLoadInProgress);
        _cluster.Coordinator = 2;
        Asked<ConsumerGroupDescribeRequest> second = await _cluster.NextOfAsync<ConsumerGroupDescribeRequest>();

        Assert.Equal((2, "g2"), (second.Broker.Port, Assert.Single(second.Request.GroupIds)));
        Answer(second, static _ => ErrorCode.None);
        Assert.Equal([new BrokerId(1), new BrokerId(2)], (await described).All().Select(static group => group.Coordinator));
    }

    [Fact]
    public async Task Brokers_that_look_for_one_group_at_a_time_are_asked_for_each()
    {
        _cluster.Highest[ApiKey.FindCoordinator] = 3;

        Task<AdminResults<string, GroupDescription>> described = _client.DescribeGroupsAsync(["g1", "g2"]);
        Answer(await _cluster.NextAsync<ConsumerGroupDescribeRequest>(), static _ => ErrorCode.None);

        Assert.Equal(2, (await described).All().Count);
        Assert.Equal(2, _cluster.CoordinatorQuestions);
    }

    [Fact]
    public async Task Groups_that_are_unknown_to_the_newer_protocol_are_asked_for_by_the_older_alone()
    {
        Task<AdminResults<string, GroupDescription>> described = _client.DescribeGroupsAsync(["new", "old", "gone"]);
        Answer(await _cluster.NextAsync<ConsumerGroupDescribeRequest>(), static group => group == "new" ? ErrorCode.None : ErrorCode.GroupIdNotFound);
        Asked<DescribeGroupsRequest> classic = await _cluster.NextAsync<DescribeGroupsRequest>();
        Assert.Equal(["old", "gone"], classic.Request.Groups);
        classic.Answer(new DescribeGroupsResponse
        {
            Groups = [new() { GroupId = "old", GroupState = "Stable" }, new() { GroupId = "gone", GroupState = "Dead", ErrorMessage = "There is no classic group." }],
        });

        AdminResults<string, GroupDescription> groups = await described;

        Assert.Equal(["consumer", "classic"], new[] { groups["new"], groups["old"] }.Select(static group => group.Value.Type));
        Assert.Equal("group gone: there is no such group (GroupIdNotFound)", groups["gone"].Failure!.Message);
    }

    [Fact]
    public async Task A_refusal_after_an_answer_that_was_lost_says_so()
    {
        Task<AdminResults<string, CreatedTopic>> created = _client.CreateTopicsAsync([new NewTopic("a"), new NewTopic("b")]);
        (await _cluster.NextAsync<CreateTopicsRequest>()).Break();
        Asked<CreateTopicsRequest> again = await _cluster.NextOfAsync<CreateTopicsRequest>();
        again.Answer(new CreateTopicsResponse { Topics = [new() { Name = "a" }, new() { Name = "b", ErrorCode = ErrorCode.TopicAlreadyExists }] });

        AdminResults<string, CreatedTopic> results = await created;

        Assert.Null(results["a"].Failure);
        Assert.Equal(ErrorCode.TopicAlreadyExists, results["b"].Error);
        Assert.Contains("the answer to an earlier attempt was lost: ", results["b"].Failure!.Message);
    }

    [Fact]
    public async Task An_item_that_the_answer_leaves_out_fails()
    {
        Task<AdminResults<string, CreatedTopic>> created = _client.CreateTopicsAsync([new NewTopic("a"), new NewTopic("b")]);
        (await _cluster.NextAsync<CreateTopicsRequest>()).Answer(new CreateTopicsResponse { Topics = [new() { Name = "a" }, new() { Name = "other" }] });

        AdminResults<string, CreatedTopic> results = await created;

        Assert.Equal([ErrorCode.None, ErrorCode.UnknownServerError], results.Values.Select(static result => result.Error));
    }

    [Fact]
    public async Task An_offset_that_the_broker_is_too_old_for_is_refused_beside_others()
    {
        _cluster.Highest[ApiKey.ListOffsets] = 6;
        Task<AdminResults<TopicPartition, FoundOffset>> listed = _client.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec>
        {
            [new(ScriptedCluster.Topic, 0)] = OffsetSpec.MaxTimestamp, [new(ScriptedCluster.Topic, 2)] = OffsetSpec.Latest,
        });
        Asked<ListOffsetsRequest> asked = await _cluster.NextAsync<ListOffsetsRequest>();
        Answer(asked, static _ => ErrorCode.None);

        Assert.Equal([ErrorCode.UnsupportedVersion, ErrorCode.None], (await listed).Values.Select(static result => result.Error));
    }

    private async Task RefuseAsync(CancellationToken over)
    {
        try
        {
            while (true) Answer((await _cluster.NextOfAnyAsync(over)).As<ListOffsetsRequest>(), static _ => ErrorCode.NotLeaderOrFollower);
        }
        catch (OperationCanceledException)
        {
            // The call is over.
        }
    }

    private Task<AdminResults<TopicPartition, FoundOffset>> ListAsync(params int[] partitions) => _client.ListOffsetsAsync(
        partitions.ToDictionary(static partition => new TopicPartition(ScriptedCluster.Topic, partition), static _ => OffsetSpec.Latest));

    private static IEnumerable<int> Partitions(Asked<ListOffsetsRequest> asked) =>
        Assert.Single(asked.Request.Topics).Partitions.Select(static partition => partition.PartitionIndex);

    private static void Answer(Asked<ListOffsetsRequest> asked, Func<int, ErrorCode> errorOf) => asked.Answer(new ListOffsetsResponse
    {
        Topics =
        [
            new()
            {
                Name = ScriptedCluster.Topic,
                Partitions = [.. Partitions(asked).Select(partition => new ListOffsetsResponse.ListOffsetsPartitionResponse
                {
                    PartitionIndex = partition, ErrorCode = errorOf(partition), Offset = 100 + partition,
                })],
            },
        ],
    });

    private static void Answer(Asked<ConsumerGroupDescribeRequest> asked, Func<string, ErrorCode> errorOf) => asked.Answer(new ConsumerGroupDescribeResponse
    {
        Groups = [.. asked.Request.GroupIds.Select(group => new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = group, ErrorCode = errorOf(group) })],
    });
}
