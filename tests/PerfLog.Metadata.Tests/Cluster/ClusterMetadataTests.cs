using System.Text;

namespace PerfLog.Metadata.Tests.Cluster;

public sealed class ClusterMetadataTests
{
    [Fact]
    public async Task It_reads_the_whole_cluster_when_opened()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync(brokers: 2);
        string id = await ClusterIdentity.EnsureAsync(cluster.Session, new Random(1));
        await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "orders", Partitions = 3 });
        await using ClusterMetadata second = await ClusterMetadata.OpenAsync(
            cluster.Session, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

        ClusterImage image = second.Image;

        Assert.Equal(id, image.ClusterId);
        Assert.Equal(new BrokerId(0), image.Controller);
        Assert.Equal(1, image.ControllerEpoch);
        Assert.Equal([new BrokerId(0), new BrokerId(1)], image.Brokers.Keys);
        Assert.Equal(9093, image.Brokers[new BrokerId(1)].Find("PLAINTEXT")!.Port);
        Assert.Equal(3, image.Topics.Find("orders")!.Partitions.Length);
        Assert.NotNull(image.Find("orders", 2));
        Assert.Null(image.Find("orders", 3));
        Assert.Null(image.Find("orders", -1));
    }

    [Fact]
    public async Task It_follows_what_others_write_and_says_what_changed()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "orders", Partitions = 2 });
        var changes = new List<ClusterChange>();
        cluster.Metadata.Changed += changes.Add;

        byte[] state = Encoding.UTF8.GetBytes("""{"controller_epoch":7,"leader":4,"version":1,"leader_epoch":9,"isr":[4,5]}""");
        await cluster.Session.SetAsync("/brokers/topics/orders/partitions/1/state", state, ZnodeVersion.Any);
        ClusterImage image = await cluster.WhenAsync(static image => image.Find("orders", 1)!.Leader == new BrokerId(4));

        PartitionImage partition = image.Find("orders", 1)!;
        Assert.Equal(new LeaderEpoch(9), partition.LeaderEpoch);
        Assert.Equal([new BrokerId(4), new BrokerId(5)], partition.Isr.AsEnumerable());
        Assert.Equal(1, partition.PartitionEpoch);
        Assert.Equal(7, partition.ControllerEpoch);
        ClusterChange change = Assert.Single(changes);
        Assert.Equal(["orders"], change.Topics.AsEnumerable());
        Assert.Empty(change.Brokers);
        Assert.Same(change.Before.Find("orders", 0), change.After.Find("orders", 0));
    }

    [Fact]
    public async Task A_broker_that_ends_its_session_leaves_the_image()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        IMetadataSession other = await cluster.Store.OpenSessionAsync();
        await BrokerRegistration.RegisterAsync(other, LoopbackCluster.Broker(7), LoopbackCluster.Time);
        await cluster.WhenAsync(static image => image.Brokers.ContainsKey(new BrokerId(7)));

        await other.DisposeAsync();

        await cluster.WhenAsync(static image => !image.Brokers.ContainsKey(new BrokerId(7)));
    }

    [Fact]
    public async Task A_body_that_cannot_be_understood_leaves_the_former_state_and_the_rest_goes_on()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "orders" });

        await cluster.Session.SetAsync("/brokers/topics/orders", "{\"partitions\":7}"u8.ToArray(), ZnodeVersion.Any);
        await cluster.Session.SetAsync("/controller_epoch", "12"u8.ToArray(), ZnodeVersion.Any);
        ClusterImage image = await cluster.WhenAsync(static image => image.ControllerEpoch == 12);

        Assert.NotNull(image.Topics.Find("orders"));
    }

    [Fact]
    public async Task A_refresh_of_all_brokers_finds_one_that_just_registered()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        await BrokerRegistration.RegisterAsync(cluster.Session, LoopbackCluster.Broker(7), LoopbackCluster.Time);

        await cluster.Metadata.RefreshAsync([ClusterLayout.BrokerIds]);

        Assert.True(cluster.Image.Brokers.ContainsKey(new BrokerId(7)));
    }

    [Fact]
    public async Task Lost_events_are_made_up_for_by_reading_everything_again()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "gone" });
        await cluster.Catalog.CreateTopicAsync(new NewTopic { Name = "kept" });
        TopicImage kept = cluster.Image.Topics.Find("kept")!;

        var update = new ImageUpdate(
            cluster.Image,
            new ClusterReader(cluster.Session),
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await cluster.Session.DeleteAsync("/brokers/topics/gone/partitions/0/state", ZnodeVersion.Any);
        await cluster.Session.DeleteAsync("/brokers/topics/gone/partitions/0", ZnodeVersion.Any);
        await cluster.Session.DeleteAsync("/brokers/topics/gone/partitions", ZnodeVersion.Any);
        await cluster.Session.DeleteAsync("/brokers/topics/gone", ZnodeVersion.Any);
        ClusterChange? change = await update.ReadAsync(StaleParts.Of([new(ZnodeEventKind.Lost, "/")]), default);

        Assert.Equal(["gone"], change!.Topics.AsEnumerable());
        Assert.Null(change.After.Topics.Find("gone"));
        Assert.Same(kept, change.After.Topics.Find("kept"));
    }

    [Fact]
    public async Task Broker_configs_follow_their_znodes()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        byte[] body = Encoding.UTF8.GetBytes("""{"version":1,"config":{"log.retention.ms":"1000"}}""");

        await cluster.Session.CreateAsync("/config/brokers/<default>", body);
        await cluster.Session.CreateAsync("/config/brokers/0", body);
        await cluster.WhenAsync(static image => image.DefaultBrokerConfig.Count == 1 && image.BrokerConfigs.Count == 1);
        await cluster.Session.DeleteAsync("/config/brokers/0", ZnodeVersion.Any);
        ClusterImage image = await cluster.WhenAsync(static image => image.BrokerConfigs.IsEmpty);

        Assert.Equal("1000", image.DefaultBrokerConfig["log.retention.ms"]);
    }

    [Fact]
    public async Task Bodies_that_kafka_wrote_are_understood()
    {
        await using LoopbackCluster cluster = await LoopbackCluster.StartAsync();
        string broker = """{"features":{},"listener_security_protocol_map":{"PLAINTEXT":"PLAINTEXT","EXT":"SASL_SSL"},"endpoints":["PLAINTEXT://kafka-1:9092","EXT://[::1]:9094"],"jmx_port":-1,"port":9092,"host":"kafka-1","version":5,"timestamp":"1718000000000","rack":"eu-1"}""";
        string topic = """{"removing_replicas":{},"partitions":{"0":[3,1],"1":[1,3]},"topic_id":"VMhRDzgrRbykTdTfE2KVaQ","adding_replicas":{},"version":3}""";

        await cluster.Session.CreateAsync("/brokers/ids/3", Encoding.UTF8.GetBytes(broker), ZnodeMode.Ephemeral);
        await cluster.Session.CreateAsync("/brokers/topics/t", Encoding.UTF8.GetBytes(topic));
        ClusterImage image = await cluster.WhenAsync(static image => image.Topics.Count == 1 && image.Brokers.Count == 2);

        BrokerImage read = image.Brokers[new BrokerId(3)];
        Assert.Equal("eu-1", read.Rack);
        Assert.Equal(new BrokerEndpoint("EXT", "SASL_SSL", "::1", 9094), read.Find("EXT"));
        Assert.True(Uuid.TryParse("VMhRDzgrRbykTdTfE2KVaQ", out Uuid id));
        TopicImage found = image.Topics.Find(id)!;
        Assert.Equal([new BrokerId(1), new BrokerId(3)], found.Partitions[1].Replicas.AsEnumerable());
        Assert.Equal(BrokerId.None, found.Partitions[1].Leader);
    }
}
