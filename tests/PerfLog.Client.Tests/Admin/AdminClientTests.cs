using PerfLog.Broker;
using PerfLog.Client.Admin;

namespace PerfLog.Client.Tests.Admin;

/// <summary>The client against a whole broker in this process.</summary>
public sealed class AdminClientTests : IAsyncLifetime
{
    private EmbeddedBroker _broker = null!;
    private AdminClient _client = null!;

    public async Task InitializeAsync()
    {
        _broker = await EmbeddedBroker.StartAsync();
        _client = AdminClient.Create(new AdminClientOptions { BootstrapServers = _broker.BootstrapServers });
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_created_topic_is_listed_and_described_until_it_is_deleted()
    {
        Uuid id = await _client.CreateTopicAsync(new NewTopic("orders", Partitions: 3, ReplicationFactor: 1));
        await _client.CreateTopicAsync(new NewTopic("bills"));

        Assert.Equal(["bills", "orders"], await _client.ListTopicsAsync());
        TopicDescription described = await _client.DescribeTopicAsync("orders");
        Assert.Equal(("orders", id, false), (described.Name, described.Id, described.IsInternal));
        Assert.Equal([0, 1, 2], described.Partitions.Select(static partition => partition.Partition));
        Assert.All(described.Partitions, static partition => Assert.Equal([partition.Leader], partition.InSyncReplicas));

        await _client.DeleteTopicAsync("orders");
        Assert.Equal(["bills"], await _client.ListTopicsAsync());
    }

    [Fact]
    public async Task A_creation_that_is_only_validated_makes_no_topic()
    {
        await _client.CreateTopicAsync(new NewTopic("orders"), validateOnly: true);

        Assert.Empty(await _client.ListTopicsAsync());
    }

    [Fact]
    public async Task Refusals_name_the_topic_and_carry_the_error()
    {
        await _client.CreateTopicAsync(new NewTopic("orders"));

        await RefusedAsync(ErrorCode.TopicAlreadyExists, "orders", () => _client.CreateTopicAsync(new NewTopic("orders")));
        await RefusedAsync(ErrorCode.InvalidTopicException, "bad name", () => _client.CreateTopicAsync(new NewTopic("bad name")));
        await RefusedAsync(ErrorCode.InvalidReplicationFactor, "more", () => _client.CreateTopicAsync(new NewTopic("more", 1, 7)));
        await RefusedAsync(ErrorCode.InvalidPartitions, "none", () => _client.CreateTopicAsync(new NewTopic("none", 0)));
        await RefusedAsync(ErrorCode.InvalidPartitions, "orders", () => _client.AddPartitionsAsync("orders", 1));
        await RefusedAsync(ErrorCode.UnknownTopicOrPartition, "missing", () => _client.DeleteTopicAsync("missing"));
        await RefusedAsync(ErrorCode.UnknownTopicOrPartition, "missing", () => _client.DescribeTopicAsync("missing"));
        await RefusedAsync(ErrorCode.UnknownTopicOrPartition, "orders-7",
            () => _client.FindOffsetAsync(new TopicPartition("orders", 7), OffsetSpec.Latest));
    }

    [Fact]
    public async Task Partitions_are_added()
    {
        await _client.CreateTopicAsync(new NewTopic("orders", Partitions: 1));

        await _client.AddPartitionsAsync("orders", 4);

        Assert.Equal(4, (await _client.DescribeTopicAsync("orders")).Partitions.Count);
    }

    [Fact]
    public async Task A_topics_settings_are_changed_one_by_one_or_not_at_all()
    {
        ConfigResource orders = ConfigResource.Topic("orders");
        await _client.CreateTopicAsync(new NewTopic("orders") { Configs = new Dictionary<string, string> { ["retention.ms"] = "5000" } });

        await _client.AlterConfigsAsync(orders, [new("retention.bytes", ConfigOperation.Set, "777")]);
        await RefusedAsync(ErrorCode.InvalidConfig, "orders", () => _client.AlterConfigsAsync(
            orders, [new("retention.ms", ConfigOperation.Delete), new("segment.bytes", ConfigOperation.Set, "many")]));

        ConfigEntry[] own = [.. (await _client.DescribeConfigsAsync(orders)).Where(static entry => entry.Source == ConfigSource.Topic)];
        Assert.Equal(["retention.bytes=777", "retention.ms=5000"], own.Select(static entry => $"{entry.Name}={entry.Value}"));
    }

    [Fact]
    public async Task The_cluster_its_brokers_and_their_settings_are_described()
    {
        ClusterDescription cluster = await _client.DescribeClusterAsync();

        BrokerDescription broker = Assert.Single(cluster.Brokers);
        Assert.Equal((_broker.ClusterId, broker.Id), (cluster.ClusterId, cluster.Controller));
        Assert.Equal(_broker.EndPoint.Port, broker.Address.Port);
        Assert.Contains(await _client.DescribeConfigsAsync(ConfigResource.Broker(broker.Id)), static entry => entry.Name == "num.partitions");
        await RefusedAsync(ErrorCode.BrokerNotAvailable, "broker 99", () => _client.DescribeConfigsAsync(ConfigResource.Broker(new BrokerId(99))));
    }

    [Fact]
    public async Task Offsets_and_log_directories_of_an_empty_topic_are_told()
    {
        await _client.CreateTopicAsync(new NewTopic("orders", Partitions: 2));
        var partition = new TopicPartition("orders", 1);

        Assert.Equal(Offset.Zero, (await _client.FindOffsetAsync(partition, OffsetSpec.Earliest)).Offset);
        Assert.Equal(Offset.Zero, (await _client.FindOffsetAsync(partition, OffsetSpec.Latest)).Offset);
        Assert.Equal(Offset.None, (await _client.FindOffsetAsync(partition, OffsetSpec.At(new TimestampMs(1)))).Offset);
        Assert.Equal(Offset.Zero, await _client.DeleteRecordsAsync(partition, Offset.Zero));
        await RefusedAsync(ErrorCode.OffsetOutOfRange, "orders-1", () => _client.DeleteRecordsAsync(partition, new Offset(1)));
        LogDirDescription directory = Assert.Single(await _client.DescribeLogDirsAsync(
            (await _client.DescribeClusterAsync()).Controller));
        Assert.Equal([0, 1], directory.Partitions.Select(static log => log.Partition.Partition).Order());
    }

    private static async Task RefusedAsync(ErrorCode error, string subject, Func<Task> request)
    {
        AdminException refused = await Assert.ThrowsAsync<AdminException>(request);
        Assert.Equal(error, refused.Error);
        Assert.Contains(subject, refused.Message);
    }
}
