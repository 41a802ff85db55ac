using PerfLog.Client.Admin;
using PerfLog.Protocol;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Tests.Admin;

/// <summary>How the client finds whom to ask, shown with brokers that say what a healthy one never says.</summary>
public sealed class AdminClientRoutingTests
{
    [Fact]
    public async Task A_request_follows_the_controller_until_it_is_found()
    {
        int asked = 0;
        ScriptedBroker? broker = null;
        await using ScriptedBroker scripted = broker = new ScriptedBroker(key => key == ApiKey.Metadata
            ? Cluster(broker!.Port, controller: 1)
            : Deletion(++asked < 3 ? ErrorCode.NotController : ErrorCode.None));
        await using AdminClient client = Client(scripted.Address);

        await client.DeleteTopicAsync("t");

        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task A_cluster_that_stays_without_a_controller_is_an_error()
    {
        ScriptedBroker? broker = null;
        await using ScriptedBroker scripted = broker = new ScriptedBroker(_ => Cluster(broker!.Port, controller: -1));
        await using AdminClient client = Client(scripted.Address, TimeSpan.FromMilliseconds(200));

        AdminException refused = await Assert.ThrowsAsync<AdminException>(() => client.DeleteTopicAsync("t"));

        Assert.Equal(ErrorCode.NotController, refused.Error);
    }

    [Fact]
    public async Task The_brokers_own_words_and_the_topic_are_in_the_error()
    {
        ScriptedBroker? broker = null;
        await using ScriptedBroker scripted = broker = new ScriptedBroker(key => key == ApiKey.Metadata
            ? Cluster(broker!.Port, controller: 1)
            : Deletion(ErrorCode.TopicDeletionDisabled, "orders"));
        await using AdminClient client = Client(scripted.Address);

        AdminException refused = await Assert.ThrowsAsync<AdminException>(() => client.DeleteTopicAsync("orders"));

        Assert.StartsWith("topic orders: ", refused.Message);
        Assert.Contains("delete.topic.enable", refused.Message);
    }

    [Fact]
    public async Task The_next_bootstrap_server_is_asked_when_the_first_is_not_there()
    {
        ScriptedBroker? broker = null;
        await using ScriptedBroker scripted = broker = new ScriptedBroker(_ => Cluster(broker!.Port, controller: 1));
        await using AdminClient client = Client($"127.0.0.1:{await FreePortAsync()},{scripted.Address}");

        Assert.Equal("scripted", (await client.DescribeClusterAsync()).ClusterId);
    }

    [Fact]
    public async Task When_no_server_is_there_each_is_named()
    {
        int first = await FreePortAsync();
        int second = await FreePortAsync();
        await using AdminClient client = Client($"127.0.0.1:{first},127.0.0.1:{second}");

        IOException failure = await Assert.ThrowsAnyAsync<IOException>(() => client.DescribeClusterAsync());

        Assert.Contains($"127.0.0.1:{first}", failure.Message);
        Assert.Contains($"127.0.0.1:{second}", failure.Message);
    }

    [Fact]
    public async Task A_cut_connection_is_replaced_and_what_it_carried_asked_again()
    {
        ScriptedBroker? broker = null;
        await using ScriptedBroker scripted = broker = new ScriptedBroker(_ => Cluster(broker!.Port, controller: 1));
        await using AdminClient client = Client(scripted.Address);
        await client.DescribeClusterAsync();

        scripted.CloseConnections();

        Assert.Equal("scripted", (await client.DescribeClusterAsync()).ClusterId);
    }

    [Fact]
    public async Task A_request_that_the_broker_does_not_offer_is_named()
    {
        ScriptedBroker? broker = null;
        await using ScriptedBroker scripted = broker = new ScriptedBroker(_ => Cluster(broker!.Port, controller: 1));
        await using AdminClient client = Client(scripted.Address);

        UnsupportedApiException refused = await Assert.ThrowsAsync<UnsupportedApiException>(
            () => client.CreateTopicAsync(new NewTopic("t")));

        Assert.Equal(ApiKey.CreateTopics, refused.Key);
    }

    private static AdminClient Client(string servers, TimeSpan? callTimeout = null) => AdminClient.Create(new AdminClientOptions
    {
        BootstrapServers = servers, RetryBackoff = TimeSpan.FromMilliseconds(1), RequestTimeout = TimeSpan.FromSeconds(10), CallTimeout = callTimeout ?? TimeSpan.FromSeconds(20),
    });

    private static MetadataResponse Cluster(int port, int controller) => new()
    {
        ClusterId = "scripted", ControllerId = controller, Brokers = [new() { NodeId = 1, Host = "127.0.0.1", Port = port }],
    };

    private static DeleteTopicsResponse Deletion(ErrorCode error, string topic = "t") => new() { Responses = [new() { Name = topic, ErrorCode = error }] };

    /// <summary>A port on which nobody listens.</summary>
    private static async Task<int> FreePortAsync()
    {
        await using var broker = new ScriptedBroker(static _ => throw new InvalidOperationException());
        return broker.Port;
    }
}
