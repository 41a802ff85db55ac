using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Semantics;

/// <summary>Goal: topics come, grow and go as the admin requests say, and refusals say why.</summary>
public sealed class TopicAdminTests
{
    [Fact]
    public async Task A_topic_gets_the_brokers_defaults_and_its_config_is_answered()
    {
        await using TestBroker broker = await TestBroker.StartAsync(settings: ("num.partitions", "3"));
        using RawClient client = broker.Connect();
        var asked = new CreateTopicsRequest.CreatableTopic
        {
            Name = "t",
            NumPartitions = -1,
            ReplicationFactor = -1,
            Configs = [new() { Name = "retention.bytes", Value = "12345" }],
        };

        CreateTopicsResponse.CreatableTopicResult created = Create(client, asked);

        Assert.Equal((ErrorCode.None, 3, (short)1), (created.ErrorCode, created.NumPartitions, created.ReplicationFactor));
        Assert.NotEqual(Uuid.Zero, created.TopicId);
        Assert.Contains(created.Configs!, static config => config is { Name: "retention.bytes", Value: "12345", ConfigSource: 1 });
        Assert.Contains(created.Configs!, static config => config is { Name: "max.message.bytes", Value: "1048588", ConfigSource: 5 });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    public async Task Every_version_creates(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.None, Create(client, New("t", partitions: 2), version).ErrorCode);
        Assert.Equal(0, client.Append("t", Batch.Of("a"), partition: 1));
    }

    [Theory]
    [InlineData(0, 1, ErrorCode.InvalidPartitions)]
    [InlineData(-7, 1, ErrorCode.InvalidPartitions)]
    [InlineData(int.MaxValue, 1, ErrorCode.InvalidPartitions)]
    [InlineData(1, 0, ErrorCode.InvalidReplicationFactor)]
    [InlineData(1, 2, ErrorCode.InvalidReplicationFactor)]
    [InlineData(1, -7, ErrorCode.InvalidReplicationFactor)]
    public async Task Counts_that_cannot_be_are_refused(int partitions, short replicas, ErrorCode error)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();
        CreateTopicsRequest.CreatableTopic asked = New("t", partitions);
        asked.ReplicationFactor = replicas;

        CreateTopicsResponse.CreatableTopicResult created = Create(client, asked);

        Assert.Equal(error, created.ErrorCode);
        Assert.False(string.IsNullOrEmpty(created.ErrorMessage));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public async Task Every_version_takes_the_brokers_defaults(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync(settings: ("num.partitions", "2"));
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.None, Create(client, New("t", -1), version).ErrorCode);
        Assert.Equal(0, client.Append("t", Batch.Of("a"), partition: 1));
    }

    [Fact]
    public async Task Replicas_can_be_assigned_by_hand()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.None, Create(client, Assigned("good", (0, [0]), (1, [0]))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Create(client, Assigned("unknown-broker", (0, [9]))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Create(client, Assigned("twice", (0, [0, 0]))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Create(client, Assigned("none", (0, []))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Create(client, Assigned("gap", (0, [0]), (2, [0]))).ErrorCode);
        CreateTopicsRequest.CreatableTopic both = Assigned("both", (0, [0]));
        both.NumPartitions = 1;
        Assert.Equal(ErrorCode.InvalidRequest, Create(client, both).ErrorCode);
    }

    [Fact]
    public async Task A_topic_that_exists_is_not_created_again()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.TopicAlreadyExists, Create(client, New("t")).ErrorCode);
    }

    [Theory]
    [InlineData("no.such.key", "1")]
    [InlineData("retention.ms", "soon")]
    [InlineData("cleanup.policy", "burn")]
    [InlineData("max.message.bytes", "-5")]
    [InlineData("max.message.bytes", null)]
    public async Task A_bad_configuration_is_refused_by_name(string key, string? value)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();
        CreateTopicsRequest.CreatableTopic asked = New("t");
        asked.Configs = [new() { Name = key, Value = value }];

        CreateTopicsResponse.CreatableTopicResult created = Create(client, asked);

        Assert.Equal(ErrorCode.InvalidConfig, created.ErrorCode);
        Assert.Contains(key, created.ErrorMessage);
    }

    [Fact]
    public async Task Validating_only_changes_nothing()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        var answer = client.Call<CreateTopicsRequest, CreateTopicsResponse>(
            new CreateTopicsRequest { Topics = [New("good"), New("bad", 0)], ValidateOnly = true }, 7);

        Assert.Equal([ErrorCode.None, ErrorCode.InvalidPartitions], answer.Topics.Select(static topic => topic.ErrorCode));
        Assert.Empty(client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = null }, 12).Topics);
    }

    [Fact]
    public async Task A_topic_named_twice_in_one_request_is_refused()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        var answer = client.Call<CreateTopicsRequest, CreateTopicsResponse>(
            new CreateTopicsRequest { Topics = [New("twice"), New("once"), New("twice")] }, 7);

        Assert.Equal(
            [("twice", ErrorCode.InvalidRequest), ("once", ErrorCode.None)],
            answer.Topics.Select(static topic => (topic.Name, topic.ErrorCode)));
    }

    [Fact]
    public async Task A_topic_grows_and_its_new_partitions_work_at_once()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t", partitions: 2);
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("kept"), partition: 1);

        Assert.Equal(ErrorCode.None, Grow(client, "t", 4).ErrorCode);

        Assert.Equal(0, client.Append("t", Batch.Of("new"), partition: 3));
        Assert.Equal(["kept"], client.Fetch("t", 0, partition: 1).Values());
    }

    [Theory]
    [InlineData("t", 2, ErrorCode.InvalidPartitions)]
    [InlineData("t", 1, ErrorCode.InvalidPartitions)]
    [InlineData("t", -1, ErrorCode.InvalidPartitions)]
    [InlineData("t", int.MaxValue, ErrorCode.InvalidPartitions)]
    [InlineData("nowhere", 5, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("", 5, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("a\0b", 5, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("../t", 5, ErrorCode.UnknownTopicOrPartition)]
    public async Task Growth_that_cannot_be_is_refused(string topic, int count, ErrorCode error)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t", partitions: 2);
        using RawClient client = broker.Connect();

        Assert.Equal(error, Grow(client, topic, count).ErrorCode);
    }

    [Fact]
    public async Task Growing_can_be_tried_without_doing_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.None, Grow(client, "t", 3, validateOnly: true).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, client.Produce("t", Batch.Of("a"), partition: 1).ErrorCode);
    }

    [Fact]
    public async Task Topics_are_deleted_by_name_or_by_id()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("by-name");
        Uuid id = broker.CreateTopic("by-id");
        using RawClient client = broker.Connect();
        var request = new DeleteTopicsRequest
        {
            Topics =
            [
                new() { Name = "by-name" }, new() { TopicId = id }, new() { Name = "nowhere" }, new() { TopicId = new Uuid(5, 5) },
                new() { Name = "by-name", TopicId = id },
            ],
        };

        var answer = client.Call<DeleteTopicsRequest, DeleteTopicsResponse>(request, 6);

        Assert.Equal(
            [ErrorCode.None, ErrorCode.None, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicId, ErrorCode.InvalidRequest],
            answer.Responses.Select(static topic => topic.ErrorCode));
        Assert.Equal("by-id", answer.Responses[1].Name);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, client.Produce("by-name", Batch.Of("a")).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, client.Fetch("by-id", 0).ErrorCode);
    }

    [Fact]
    public async Task Deletion_can_be_forbidden()
    {
        await using TestBroker broker = await TestBroker.StartAsync(settings: ("delete.topic.enable", "false"));
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();

        var answer = client.Call<DeleteTopicsRequest, DeleteTopicsResponse>(new DeleteTopicsRequest { TopicNames = ["t"] }, 5);

        Assert.Equal(ErrorCode.TopicDeletionDisabled, Assert.Single(answer.Responses).ErrorCode);
        Assert.Equal(0, client.Append("t", Batch.Of("a")));
    }

    [Fact]
    public async Task A_topic_created_again_is_empty_and_has_another_id()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Uuid first = broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("old"));
        broker.DeleteTopic("t");

        Assert.NotEqual(first, broker.CreateTopic("t"));
        Assert.Empty(client.Fetch("t", 0).Values());
        Assert.Equal(0, client.Append("t", Batch.Of("new")));
    }

    private static CreateTopicsRequest.CreatableTopic New(string name, int partitions = 1) =>
        new() { Name = name, NumPartitions = partitions, ReplicationFactor = 1 };

    private static CreateTopicsRequest.CreatableTopic Assigned(string name, params (int Partition, int[] Brokers)[] assignments) => new()
    {
        Name = name,
        NumPartitions = -1,
        ReplicationFactor = -1,
        Assignments = [.. assignments.Select(static one => new CreateTopicsRequest.CreatableReplicaAssignment { PartitionIndex = one.Partition, BrokerIds = [.. one.Brokers] })],
    };

    private static CreateTopicsResponse.CreatableTopicResult Create(
        RawClient client, CreateTopicsRequest.CreatableTopic topic, short version = 7) =>
        Assert.Single(client.Call<CreateTopicsRequest, CreateTopicsResponse>(new CreateTopicsRequest { Topics = [topic] }, version).Topics);

    private static CreatePartitionsResponse.CreatePartitionsTopicResult Grow(
        RawClient client, string topic, int count, bool validateOnly = false) =>
        Assert.Single(client.Call<CreatePartitionsRequest, CreatePartitionsResponse>(
            new CreatePartitionsRequest { Topics = [new() { Name = topic, Count = count, Assignments = null }], ValidateOnly = validateOnly }, 3).Results);
}
