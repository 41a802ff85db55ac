using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Semantics;

/// <summary>Goal: clients find the cluster, its topics and its disks, in every version they ask in.</summary>
public sealed class MetadataTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Every_version_describes_the_cluster_and_a_topic(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Uuid id = broker.CreateTopic("t", partitions: 2);
        using RawClient client = broker.Connect();

        MetadataResponse answer = Ask(client, version, new MetadataRequest.MetadataRequestTopic { Name = "t" });

        MetadataResponse.MetadataResponseBroker node = Assert.Single(answer.Brokers);
        Assert.Equal((0, "127.0.0.1", broker.Broker.EndPoint.Port), (node.NodeId, node.Host, node.Port));
        Assert.Equal(version >= 1 ? 0 : -1, answer.ControllerId);
        Assert.Equal(version >= 2 ? broker.Broker.ClusterId : null, answer.ClusterId);
        MetadataResponse.MetadataResponseTopic topic = Assert.Single(answer.Topics);
        Assert.Equal((ErrorCode.None, "t", version >= 10 ? id : Uuid.Zero), (topic.ErrorCode, topic.Name, topic.TopicId));
        Assert.Equal([0, 1], topic.Partitions.Select(static partition => partition.PartitionIndex).Order());
        Assert.All(topic.Partitions, partition =>
        {
            Assert.Equal((0, version >= 7 ? 0 : -1), (partition.LeaderId, partition.LeaderEpoch));
            Assert.Equal([0], partition.ReplicaNodes);
            Assert.Equal([0], partition.IsrNodes);
        });
    }

    [Fact]
    public async Task All_topics_are_asked_for_by_null_and_in_version_0_by_an_empty_list()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("a");
        broker.CreateTopic("b");
        using RawClient client = broker.Connect();

        Assert.Equal(["a", "b"], Names(client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, 0)));
        Assert.Equal(["a", "b"], Names(client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = null }, 1)));
        Assert.Empty(client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, 1).Topics);
    }

    [Fact]
    public async Task A_topic_comes_to_be_where_broker_and_client_want_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync(settings: ("num.partitions", "3"));
        using RawClient client = broker.Connect();
        var unwanted = new MetadataRequest { Topics = [new() { Name = "t" }], AllowAutoTopicCreation = false };

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, client.Call<MetadataRequest, MetadataResponse>(unwanted, 4).Topics[0].ErrorCode);
        MetadataResponse.MetadataResponseTopic made = Ask(client, 12, new MetadataRequest.MetadataRequestTopic { Name = "t" }).Topics[0];

        Assert.Equal((ErrorCode.None, 3), (made.ErrorCode, made.Partitions.Count));
        Assert.Equal(0, client.Append("t", Batch.Of("a"), partition: 2));
        Assert.Equal(made.TopicId, Ask(client, 12, new MetadataRequest.MetadataRequestTopic { Name = "t" }).Topics[0].TopicId);
    }

    [Fact]
    public async Task A_broker_may_forbid_creation_by_use()
    {
        await using TestBroker broker = await TestBroker.StartAsync(settings: ("auto.create.topics.enable", "false"));
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Ask(client, 12, new MetadataRequest.MetadataRequestTopic { Name = "t" }).Topics[0].ErrorCode);
    }

    [Fact]
    public async Task Many_clients_that_use_a_new_topic_at_once_all_find_the_same_one()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        RawClient[] clients = [.. Enumerable.Range(0, 10).Select(_ => broker.Connect())];
        var request = new MetadataRequest { Topics = [new() { Name = "t" }] };
        int[] ids = [.. clients.Select(client => client.Send(request, 12))];

        MetadataResponse[] answers = [.. clients.Select((client, index) => client.Receive<MetadataResponse>(12, ids[index]))];

        Assert.All(answers, answer => Assert.Equal((ErrorCode.None, answers[0].Topics[0].TopicId), (answer.Topics[0].ErrorCode, answer.Topics[0].TopicId)));
        foreach (RawClient client in clients) client.Dispose();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    public async Task An_unknown_id_has_an_empty_name_in_versions_that_know_no_null(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        MetadataResponse answer = Ask(client, version, new MetadataRequest.MetadataRequestTopic { Name = null, TopicId = new Uuid(1, 1) });

        Assert.Equal((ErrorCode.UnknownTopicId, "", new Uuid(1, 1)), (answer.Topics[0].ErrorCode, answer.Topics[0].Name, answer.Topics[0].TopicId));
    }

    [Fact]
    public async Task A_topic_is_found_by_its_id()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Uuid id = broker.CreateTopic("t");
        using RawClient client = broker.Connect();

        Assert.Equal("t", Ask(client, 12, new MetadataRequest.MetadataRequestTopic { Name = null, TopicId = id }).Topics[0].Name);
        MetadataResponse.MetadataResponseTopic unknown = Ask(client, 12, new MetadataRequest.MetadataRequestTopic { Name = null, TopicId = new Uuid(1, 1) }).Topics[0];
        Assert.Equal((ErrorCode.UnknownTopicId, null, new Uuid(1, 1)), (unknown.ErrorCode, unknown.Name, unknown.TopicId));
    }

    [Fact]
    public async Task Internal_topics_are_marked()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("__consumer_offsets");
        broker.CreateTopic("plain");
        using RawClient client = broker.Connect();

        MetadataResponse answer = client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = null }, 12);

        Assert.Equal([("__consumer_offsets", true), ("plain", false)], answer.Topics.OrderBy(static topic => topic.Name).Select(static topic => (topic.Name!, topic.IsInternal)));
    }

    [Fact]
    public async Task Topics_are_described_page_by_page()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("a", partitions: 3);
        broker.CreateTopic("b", partitions: 2);
        broker.CreateTopic("c");
        using RawClient client = broker.Connect();
        var request = new DescribeTopicPartitionsRequest { ResponsePartitionLimit = 2 };
        List<string> seen = [];
        int pages = 0;
        do
        {
            var page = client.Call<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(request, 0);
            pages++;
            seen.AddRange(page.Topics.SelectMany(static topic => topic.Partitions.Select(partition => $"{topic.Name}{partition.PartitionIndex}")));
            request.Cursor = page.NextCursor is { } cursor ? new() { TopicName = cursor.TopicName, PartitionIndex = cursor.PartitionIndex } : null;
        }
        while (request.Cursor is not null);

        Assert.Equal(["a0", "a1", "a2", "b0", "b1", "c0"], seen);
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task Described_topics_that_are_not_there_say_so()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("b");
        using RawClient client = broker.Connect();
        var request = new DescribeTopicPartitionsRequest { Topics = [new() { Name = "nowhere" }, new() { Name = "b" }, new() { Name = "?" }] };

        var answer = client.Call<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(request, 0);

        Assert.Equal(
            [("?", ErrorCode.InvalidTopicException), ("b", ErrorCode.None), ("nowhere", ErrorCode.UnknownTopicOrPartition)],
            answer.Topics.Select(static topic => (topic.Name!, topic.ErrorCode)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task The_cluster_is_described(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        var answer = client.Call<DescribeClusterRequest, DescribeClusterResponse>(new DescribeClusterRequest(), version);

        Assert.Equal((ErrorCode.None, broker.Broker.ClusterId, 0), (answer.ErrorCode, answer.ClusterId, answer.ControllerId));
        Assert.Equal(broker.Broker.EndPoint.Port, Assert.Single(answer.Brokers).Port);
    }

    [Fact]
    public async Task Controllers_have_no_endpoints_to_describe()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        var answer = client.Call<DescribeClusterRequest, DescribeClusterResponse>(new DescribeClusterRequest { EndpointType = 2 }, 1);

        Assert.Equal(ErrorCode.UnsupportedEndpointType, answer.ErrorCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Log_directories_tell_the_bytes_of_each_partition(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t", partitions: 2);
        using RawClient client = broker.Connect();
        byte[] batch = Batch.OfSize(1_000);
        client.Append("t", batch, partition: 1);

        var all = client.Call<DescribeLogDirsRequest, DescribeLogDirsResponse>(new DescribeLogDirsRequest { Topics = null }, version);
        var one = client.Call<DescribeLogDirsRequest, DescribeLogDirsResponse>(
            new DescribeLogDirsRequest { Topics = [new() { Topic = "t", Partitions = [1] }] }, version);

        var sizes = Assert.Single(Assert.Single(all.Results).Topics).Partitions.OrderBy(static partition => partition.PartitionIndex);
        Assert.Equal([0, (long)batch.Length], sizes.Select(static partition => partition.PartitionSize));
        Assert.Equal(1, Assert.Single(Assert.Single(one.Results[0].Topics).Partitions).PartitionIndex);
    }

    private static MetadataResponse Ask(RawClient client, short version, MetadataRequest.MetadataRequestTopic topic) =>
        client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [topic] }, version);

    private static IEnumerable<string> Names(MetadataResponse answer) => answer.Topics.Select(static topic => topic.Name!).Order();
}
