using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace PerfLog.Interop;

[Collection(SharedBrokerTests.Name)]
public sealed class ConfluentAdminTests(SharedBroker broker) : IDisposable
{
    private readonly IAdminClient _admin = Clients.Admin(broker.Address);

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task A_created_topic_is_listed_and_described()
    {
        string topic = SharedBroker.NewTopicName("created");
        await Clients.CreateTopicAsync(broker.Address, topic, partitions: 4);

        TopicDescription description = Assert.Single((await Limits.WithinAsync("describe topics",
            _admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic])))).TopicDescriptions);

        Assert.Contains(_admin.GetMetadata(Limits.Operation).Topics, listed => listed.Topic == topic);
        Assert.Equal((topic, false, 4), (description.Name, description.IsInternal, description.Partitions.Count));
        Assert.All(description.Partitions, static partition =>
        {
            Assert.NotNull(partition.Leader);
            Assert.Single(partition.Replicas);
            Assert.Single(partition.ISR);
        });
        Assert.NotEqual("AAAAAAAAAAAAAAAAAAAAAA", description.TopicId.ToString());
    }

    [Fact]
    public async Task A_topic_that_exists_cannot_be_created_again()
    {
        string topic = SharedBroker.NewTopicName("twice");
        await Clients.CreateTopicAsync(broker.Address, topic);

        Assert.Equal(Confluent.Kafka.ErrorCode.TopicAlreadyExists, await CreationErrorAsync(new() { Name = topic, NumPartitions = 1 }));
    }

    [Theory]
    [InlineData("bad name!", 1, 1, Confluent.Kafka.ErrorCode.TopicException)]
    [InlineData("..", 1, 1, Confluent.Kafka.ErrorCode.TopicException)]
    [InlineData("no-partitions", 0, 1, Confluent.Kafka.ErrorCode.InvalidPartitions)]
    [InlineData("too-many-replicas", 1, 3, Confluent.Kafka.ErrorCode.InvalidReplicationFactor)]
    public async Task An_impossible_topic_is_refused_with_its_reason(
        string topic, int partitions, short replicas, Confluent.Kafka.ErrorCode expected) =>
        Assert.Equal(expected, await CreationErrorAsync(
            new() { Name = topic, NumPartitions = partitions, ReplicationFactor = replicas }));

    [Theory]
    [InlineData("retention.ms", "soon")]
    [InlineData("no.such.config", "1")]
    [InlineData("cleanup.policy", "shred")]
    public async Task A_bad_topic_configuration_is_refused(string key, string value) =>
        Assert.Equal(Confluent.Kafka.ErrorCode.InvalidConfig, await CreationErrorAsync(new()
        {
            Name = SharedBroker.NewTopicName("bad-config"), NumPartitions = 1, ReplicationFactor = 1,
            Configs = new() { [key] = value },
        }));

    [Fact]
    public async Task A_creation_that_is_only_validated_makes_no_topic()
    {
        string topic = SharedBroker.NewTopicName("validated");

        await Limits.WithinAsync("validate a creation", Clients.Done(_admin.CreateTopicsAsync(
            [new() { Name = topic, NumPartitions = 1, ReplicationFactor = 1 }], new() { ValidateOnly = true })));

        Assert.DoesNotContain(_admin.GetMetadata(Limits.Operation).Topics, listed => listed.Topic == topic);
    }

    [Fact]
    public async Task A_deleted_topic_is_gone()
    {
        string topic = SharedBroker.NewTopicName("deleted");
        await Clients.CreateTopicAsync(broker.Address, topic);

        await Limits.WithinAsync("delete a topic", Clients.Done(_admin.DeleteTopicsAsync([topic])));

        Assert.DoesNotContain(_admin.GetMetadata(Limits.Operation).Topics, listed => listed.Topic == topic);
        DeleteTopicsException again = await Assert.ThrowsAsync<DeleteTopicsException>(() => _admin.DeleteTopicsAsync([topic]));
        Assert.Equal(Confluent.Kafka.ErrorCode.UnknownTopicOrPart, again.Results.Single().Error.Code);
    }

    [Fact]
    public async Task Partitions_are_added_and_can_be_used()
    {
        string topic = SharedBroker.NewTopicName("grown");
        await Clients.CreateTopicAsync(broker.Address, topic, partitions: 2);

        await Limits.WithinAsync("add partitions", Clients.Done(
            _admin.CreatePartitionsAsync([new() { Topic = topic, IncreaseTo = 5 }])));

        using IProducer<string?, string> producer = Clients.Producer(broker.Address);
        await Limits.WithinAsync("a record in the new partition", producer.ProduceAsync(
            new Confluent.Kafka.TopicPartition(topic, 4), new() { Value = "x" }));
        Assert.Single(Clients.ReadToEnd(broker.Address, topic, partition: 4));
    }

    [Fact]
    public async Task A_topic_cannot_lose_partitions()
    {
        string topic = SharedBroker.NewTopicName("shrunk");
        await Clients.CreateTopicAsync(broker.Address, topic, partitions: 3);

        CreatePartitionsException refused = await Assert.ThrowsAsync<CreatePartitionsException>(
            () => _admin.CreatePartitionsAsync([new() { Topic = topic, IncreaseTo = 2 }]));

        Assert.Equal(Confluent.Kafka.ErrorCode.InvalidPartitions, refused.Results.Single().Error.Code);
    }

    [Fact]
    public async Task Records_before_an_offset_are_deleted()
    {
        string topic = SharedBroker.NewTopicName("records-deleted");
        await Clients.CreateTopicAsync(broker.Address, topic);
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address))
            await Clients.SendAsync(producer, topic, Enumerable.Range(0, 100).Select(static number => $"{number}"));

        List<DeleteRecordsResult> results = await Limits.WithinAsync("delete records",
            _admin.DeleteRecordsAsync([new TopicPartitionOffset(topic, 0, 40)]));

        Assert.Equal(40, results.Single().Offset.Value);
        Assert.Equal("40", Clients.ReadToEnd(broker.Address, topic)[0].Message.Value);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 0)]
    [InlineData(2, 9)]
    [InlineData(3, 5)]
    public async Task Offsets_are_listed_by_what_is_asked(int question, long expected)
    {
        OffsetSpec[] questions = [OffsetSpec.Latest(), OffsetSpec.Earliest(), OffsetSpec.MaxTimestamp(), OffsetSpec.ForTimestamp(6000)];
        string topic = SharedBroker.NewTopicName("listed-offsets");
        await Clients.CreateTopicAsync(broker.Address, topic, configs: Clients.KeptForever);
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address))
        {
            for (int number = 0; number < 10; number++)
            {
                await Limits.WithinAsync("a record", producer.ProduceAsync(topic, new()
                {
                    Value = "x", Timestamp = new Timestamp((number + 1) * 1000L, TimestampType.CreateTime),
                }));
            }
        }

        ListOffsetsResult result = await Limits.WithinAsync("list offsets", _admin.ListOffsetsAsync(
            [new() { TopicPartition = new(topic, 0), OffsetSpec = questions[question] }]));

        Assert.Equal(expected, result.ResultInfos.Single().TopicPartitionOffsetError.Offset.Value);
    }

    [Fact]
    public async Task The_cluster_describes_itself()
    {
        DescribeClusterResult cluster = await Limits.WithinAsync("describe cluster", _admin.DescribeClusterAsync());

        Node node = Assert.Single(cluster.Nodes);
        Assert.Equal(("127.0.0.1", broker.Process.Port, node.Id), (node.Host, node.Port, cluster.Controller.Id));
        Assert.NotEmpty(cluster.ClusterId);
    }

    private async Task<Confluent.Kafka.ErrorCode> CreationErrorAsync(TopicSpecification specification)
    {
        CreateTopicsException refused = await Assert.ThrowsAsync<CreateTopicsException>(
            () => _admin.CreateTopicsAsync([specification]));
        return refused.Results.Single().Error.Code;
    }
}
