using System.Collections.Immutable;
using System.Text.Json;

namespace PerfLog.Metadata.Tests.Topics;

public sealed class TopicCatalogTests
{
    [Fact]
    public async Task A_created_topic_is_in_the_image_when_the_call_returns()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();

        CatalogResult<TopicImage> created = await cluster.Catalog.CreateTopicAsync(new NewTopic
        {
            Name = "orders",
            Partitions = 2,
            Config = new Dictionary<string, string> { ["retention.ms"] = "5" },
        });

        Assert.Equal(ErrorCode.None, created.Error);
        TopicImage topic = cluster.Image.Topics.Find(created.Value!.Id)!;
        Assert.Equal("orders", topic.Name);
        Assert.Equal("5", topic.Config["retention.ms"]);
        Assert.All(topic.Partitions, static partition =>
        {
            Assert.Equal(new BrokerId(0), partition.Leader);
            Assert.Equal(new LeaderEpoch(0), partition.LeaderEpoch);
            Assert.Equal(0, partition.PartitionEpoch);
            Assert.Equal(1, partition.ControllerEpoch);
            Assert.Equal([new BrokerId(0)], partition.Isr.AsEnumerable());
        });
    }

    [Fact]
    public async Task The_znodes_are_those_of_kafka()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        CatalogResult<TopicImage> created = await cluster.Catalog.CreateTopicAsync(new NewTopic
        {
            Name = "orders",
            Config = new Dictionary<string, string> { ["retention.ms"] = "5", ["cleanup.policy"] = "compact" },
        });
        await ClusterIdentity.EnsureAsync(cluster.Session, new Random(1));
        await new ProducerIdBlocks(cluster.Session).AllocateAsync(new BrokerId(0));

        await AssertJsonAsync(
            cluster,
            "/brokers/topics/orders",
            $$$"""{"version":3,"topic_id":"{{{created.Value!.Id}}}","partitions":{"0":[0]},"adding_replicas":{},"removing_replicas":{}}""");
        await AssertJsonAsync(
            cluster,
            "/brokers/topics/orders/partitions/0/state",
            """{"controller_epoch":1,"leader":0,"version":1,"leader_epoch":0,"isr":[0]}""");
        await AssertJsonAsync(
            cluster, "/config/topics/orders", """{"version":1,"config":{"cleanup.policy":"compact","retention.ms":"5"}}""");
        await AssertJsonAsync(
            cluster,
            "/brokers/ids/0",
            """{"listener_security_protocol_map":{"PLAINTEXT":"PLAINTEXT"},"endpoints":["PLAINTEXT://127.0.0.1:9092"],"features":{},"jmx_port":-1,"host":"127.0.0.1","port":9092,"timestamp":"1700000000000","version":5}""");
        await AssertJsonAsync(cluster, "/controller", """{"version":1,"brokerid":0,"timestamp":"1700000000000"}""");
        await AssertJsonAsync(
            cluster,
            "/latest_producer_id_block",
            """{"version":1,"broker":0,"block_start":"0","block_end":"999"}""");
        using JsonDocument id = JsonDocument.Parse(await cluster.JsonAsync("/cluster/id"));
        Assert.Equal("1", id.RootElement.GetProperty("version").GetString());
        Assert.Equal(22, id.RootElement.GetProperty("id").GetString()!.Length);
        Assert.Equal("1", await cluster.JsonAsync("/controller_epoch"));
    }

    [Theory]
    [InlineData("", ErrorCode.InvalidTopicException)]
    [InlineData("..", ErrorCode.InvalidTopicException)]
    [InlineData("a/b", ErrorCode.InvalidTopicException)]
    [InlineData("orders.eu", ErrorCode.TopicAlreadyExists)]
    [InlineData("orders_eu", ErrorCode.InvalidTopicException)]
    public async Task A_name_that_is_invalid_taken_or_colliding_is_refused(string name, ErrorCode expected)
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "orders.eu" });

        CatalogResult<TopicImage> created = await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = name });

        Assert.Equal(expected, created.Error);
        Assert.Contains($"\"{name}\"", created.Message);
        Assert.Single(cluster.Image.Topics);
    }

    [Theory]
    [InlineData(0, 1, ErrorCode.InvalidPartitions)]
    [InlineData(-1, 1, ErrorCode.InvalidPartitions)]
    [InlineData(10_001, 1, ErrorCode.InvalidPartitions)]
    [InlineData(1, 0, ErrorCode.InvalidReplicationFactor)]
    [InlineData(1, 2, ErrorCode.InvalidReplicationFactor)]
    public async Task Counts_out_of_range_are_refused(int partitions, int replicationFactor, ErrorCode expected)
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();

        CatalogResult<TopicImage> created = await cluster.Catalog.CreateTopicAsync(
            new NewTopic { Name = "t", Partitions = partitions, ReplicationFactor = replicationFactor });

        Assert.Equal(expected, created.Error);
        Assert.False(await cluster.Session.ExistsAsync("/brokers/topics/t"));
    }

    [Theory]
    [InlineData("0:0,1;1:1,2", ErrorCode.None)]
    [InlineData("0:0;2:1", ErrorCode.InvalidReplicaAssignment)]
    [InlineData("1:0", ErrorCode.InvalidReplicaAssignment)]
    [InlineData("0:0,0", ErrorCode.InvalidReplicaAssignment)]
    [InlineData("0:", ErrorCode.InvalidReplicaAssignment)]
    [InlineData("0:0,1;1:2", ErrorCode.InvalidReplicaAssignment)]
    [InlineData("0:9", ErrorCode.InvalidReplicaAssignment)]
    [InlineData("", ErrorCode.InvalidPartitions)]
    public async Task Chosen_replicas_are_checked(string assignment, ErrorCode expected)
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync(brokers: 3);

        CatalogResult<TopicImage> created = await cluster.Catalog.CreateTopicAsync(
            new NewTopic { Name = "t", Assignments = Parse(assignment) });

        Assert.Equal(expected, created.Error);
        if (expected == ErrorCode.None)
            Assert.Equal([new BrokerId(1), new BrokerId(2)], cluster.Image.Find("t", 1)!.Replicas.AsEnumerable());
    }

    [Fact]
    public async Task Validation_only_changes_nothing()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "old" });

        CatalogResult<TopicImage> created = await cluster.Catalog.CreateTopicAsync(
            new NewTopic { Name = "new", Partitions = 4 }, validateOnly: true);
        CatalogResult<TopicImage> grown = await cluster.Catalog.AddPartitionsAsync("old", 3, validateOnly: true);

        Assert.Equal(4, created.Value!.Partitions.Length);
        Assert.Equal(3, grown.Value!.Partitions.Length);
        Assert.Single(cluster.Image.Topics);
        Assert.Single(cluster.Image.Topics.Find("old")!.Partitions);
    }

    [Fact]
    public async Task A_deleted_topic_leaves_no_znode()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "orders", Partitions = 3 });

        CatalogResult<TopicImage> deleted = await cluster.Catalog.DeleteTopicAsync("orders");

        Assert.Equal(3, deleted.Value!.Partitions.Length);
        Assert.Null(cluster.Image.Topics.Find("orders"));
        Assert.Empty(cluster.Image.Topics);
        Assert.False(await cluster.Session.ExistsAsync("/brokers/topics/orders"));
        Assert.False(await cluster.Session.ExistsAsync("/config/topics/orders"));
        Assert.Equal(
            ErrorCode.UnknownTopicOrPartition, (await cluster.Catalog.DeleteTopicAsync("orders")).Error);
    }

    [Fact]
    public async Task A_topic_made_anew_has_another_id()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        CatalogResult<TopicImage> first = await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "orders" });
        await cluster.Catalog.DeleteTopicAsync("orders");

        CatalogResult<TopicImage> second = await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "orders" });

        Assert.NotEqual(first.Value!.Id, second.Value!.Id);
        Assert.Null(cluster.Image.Topics.Find(first.Value.Id));
    }

    [Fact]
    public async Task Partitions_are_added_behind_the_present_ones()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync(brokers: 3);
        CatalogResult<TopicImage> created = await cluster.Catalog.CreateTopicAsync(
            new NewTopic { Name = "orders", Partitions = 2, ReplicationFactor = 2 });

        CatalogResult<TopicImage> grown = await cluster.Catalog.AddPartitionsAsync("orders", 5);

        TopicImage topic = cluster.Image.Topics.Find("orders")!;
        Assert.Equal(ErrorCode.None, grown.Error);
        Assert.Equal(created.Value!.Id, topic.Id);
        Assert.Equal([0, 1, 2, 3, 4], topic.Partitions.Select(static partition => partition.Partition));
        Assert.Equal(created.Value.Partitions[0].Replicas, topic.Partitions[0].Replicas.AsEnumerable());
        Assert.All(topic.Partitions, static partition => Assert.Equal(2, partition.Replicas.Length));
        Assert.All(topic.Partitions, static partition => Assert.Equal(0, partition.PartitionEpoch));
    }

    [Theory]
    [InlineData("orders", 2, ErrorCode.InvalidPartitions)]
    [InlineData("orders", 1, ErrorCode.InvalidPartitions)]
    [InlineData("orders", 20_000, ErrorCode.InvalidPartitions)]
    [InlineData("nope", 5, ErrorCode.UnknownTopicOrPartition)]
    public async Task A_topic_can_only_grow(string name, int count, ErrorCode expected)
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "orders", Partitions = 2 });

        Assert.Equal(expected, (await cluster.Catalog.AddPartitionsAsync(name, count)).Error);
    }

    [Fact]
    public async Task Concurrent_creations_of_one_name_make_one_topic()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();

        CatalogResult<TopicImage>[] results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            Task.Run(async () => await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "orders" }))));

        CatalogResult<TopicImage> winner = Assert.Single(results, static result => result.Succeeded);
        Assert.All(
            results.Where(static result => !result.Succeeded),
            static result => Assert.Equal(ErrorCode.TopicAlreadyExists, result.Error));
        Assert.Equal(winner.Value!.Id, cluster.Image.Topics.Find("orders")!.Id);
    }

    [Fact]
    public async Task Concurrent_config_changes_are_all_kept()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "orders" });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
            await cluster.Catalog.AlterConfigAsync(
                "orders", config => CatalogResult.Of(config.SetItem($"key{number}", "v"))))));

        Assert.Equal(4, cluster.Image.Topics.Find("orders")!.Config.Count);
    }

    [Fact]
    public async Task A_refused_or_orphaned_config_change_is_not_written()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "orders" });

        CatalogResult<TopicImage> refused = await cluster.Catalog.AlterConfigAsync(
            "orders",
            static _ => CatalogResult.Failed<ImmutableDictionary<string, string>>(ErrorCode.InvalidConfig, "no"));
        CatalogResult<TopicImage> unknown = await cluster.Catalog.AlterConfigAsync("nope", CatalogResult.Of);

        Assert.Equal((ErrorCode.InvalidConfig, "no"), (refused.Error, refused.Message));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, unknown.Error);
        Assert.False(await cluster.Session.ExistsAsync("/config/topics/nope"));
    }

    [Fact]
    public async Task Blocks_of_producer_ids_never_overlap()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        var blocks = new ProducerIdBlocks(cluster.Session);

        CatalogResult<ProducerIdBlock>[] given = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            Task.Run(async () => await blocks.AllocateAsync(new BrokerId(0)))));

        Assert.Equal(
            [0L, 1000, 2000, 3000, 4000, 5000],
            given.Select(static block => block.Value!.First.Value).Order());
        Assert.All(given, static block => Assert.Equal(block.Value!.First.Value + 999, block.Value.Last.Value));
    }

    [Fact]
    public async Task A_second_registration_of_a_broker_is_refused()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();

        CatalogResult<BrokerImage> second = await BrokerRegistration.RegisterAsync(
            cluster.Session, LoopbackCluster.Broker(0), LoopbackCluster.Time);

        Assert.Equal(ErrorCode.DuplicateBrokerRegistration, second.Error);
    }

    [Fact]
    public async Task The_controllers_epoch_rises_with_each_holder()
    {
        await using LocalMetadataStore store = LocalMetadataStore.OpenInMemory(LoopbackCluster.Time);
        IMetadataSession first = await store.OpenSessionAsync();
        await using IMetadataSession second = await store.OpenSessionAsync();

        Assert.Equal(new(new(1), 1), await ControllerElection.RunAsync(first, new BrokerId(1), LoopbackCluster.Time));
        Assert.Equal(new(new(1), 1), await ControllerElection.RunAsync(second, new BrokerId(2), LoopbackCluster.Time));
        await first.DisposeAsync();
        Assert.Equal(new(new(2), 2), await ControllerElection.RunAsync(second, new BrokerId(2), LoopbackCluster.Time));
    }

    [Fact]
    public async Task A_topic_that_no_znode_can_hold_is_refused()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        string large = new('x', ZnodeLimits.DataBytesMax);

        CatalogResult<TopicImage> created = await cluster.Catalog.CreateTopicAsync(
            new NewTopic { Name = "t", Config = new Dictionary<string, string> { ["retention.ms"] = large } });
        await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "u" });
        CatalogResult<TopicImage> altered = await cluster.Catalog.AlterConfigAsync(
            "u", config => CatalogResult.Of(config.SetItem("retention.ms", large)));

        Assert.Equal((ErrorCode.InvalidRequest, ErrorCode.InvalidConfig), (created.Error, altered.Error));
        Assert.Equal(["u"], cluster.Image.Topics.Select(static topic => topic.Name));
    }

    [Fact]
    public async Task A_topic_of_the_most_partitions_is_created_and_deleted()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync(brokers: 3);

        CatalogResult<TopicImage> created = await cluster.Catalog.CreateTopicAsync(
            new NewTopic { Name = new string('t', TopicName.LengthMax), Partitions = 10_000, ReplicationFactor = 3 });

        Assert.Equal(ErrorCode.None, created.Error);
        Assert.Equal(ErrorCode.None, (await cluster.Catalog.DeleteTopicAsync(created.Value!.Name)).Error);
    }

    private static async Task AssertJsonAsync(LoopbackCluster cluster, string path, string expected)
    {
        using JsonDocument actual = JsonDocument.Parse(await cluster.JsonAsync(path));
        using JsonDocument wanted = JsonDocument.Parse(expected);
        Assert.True(JsonElement.DeepEquals(wanted.RootElement, actual.RootElement), $"{path}: {actual.RootElement}");
    }

    private static ImmutableSortedDictionary<int, ImmutableArray<BrokerId>> Parse(string text) =>
        text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(static entry => entry.Split(':')).ToImmutableSortedDictionary(
            static entry => int.Parse(entry[0]),
            static entry => entry[1]
                .Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(static broker => new BrokerId(int.Parse(broker)))
                .ToImmutableArray());
}
