using System.Diagnostics;
using PerfLog.Broker.Configuration;
using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Semantics;

/// <summary>Goal: a broker starts fast and beside others, stops cleanly, and finds all it had when it comes back.</summary>
public sealed class LifecycleTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("perflog-broker-").FullName;

    [Fact]
    public async Task Topics_ids_records_and_configs_survive_a_restart()
    {
        Uuid id;
        string clusterId;
        await using (TestBroker before = await TestBroker.StartAsync(directory: _directory))
        {
            clusterId = before.Broker.ClusterId;
            id = before.CreateTopic("kept", 3, ("max.message.bytes", "5000"), ("retention.ms", "-1"));
            before.CreateTopic("deleted");
            using RawClient client = before.Connect();
            client.Append("kept", Batch.Of("a", "b"), partition: 2);
            before.DeleteTopic("deleted");
        }

        await using TestBroker after = await TestBroker.StartAsync(directory: _directory);
        using RawClient reader = after.Connect();
        MetadataResponse metadata = reader.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = null }, 12);
        Assert.Equal(clusterId, metadata.ClusterId);
        Assert.Equal(("kept", id, 3), (metadata.Topics.Single().Name, metadata.Topics[0].TopicId, metadata.Topics[0].Partitions.Count));
        Assert.Equal(["a", "b"], reader.Fetch("kept", 0, partition: 2).Values());
        Assert.Equal(ErrorCode.MessageTooLarge, reader.Produce("kept", Batch.OfSize(6_000)).ErrorCode);
        Assert.Equal(2, reader.Append("kept", Batch.Of("c"), partition: 2));
        Assert.Empty(after.Log.Warnings);
    }

    [Theory]
    [InlineData("epoll")]
    [InlineData("system")]
    public async Task Records_are_taken_in_and_given_out_whoever_waits_for_the_connections(string engine)
    {
        await using TestBroker broker = await TestBroker.StartAsync(null, _directory, ("perflog.network.engine", engine));
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        string large = new('x', 700_000);

        client.Append("t", Batch.Of("a"));
        client.Append("t", Batch.Of(large));

        Assert.Equal(["a", large], client.Fetch("t", 0).Values());
    }

    [Fact]
    public async Task A_hosts_synchronization_context_is_left_alone_while_the_broker_works()
    {
        var context = new CountingContext();
        await Task.Run(async () =>
        {
            SynchronizationContext.SetSynchronizationContext(context);
            await using TestBroker broker = await TestBroker.StartAsync();
            int before = context.Posts;
            broker.CreateTopic("t");
            using RawClient client = broker.Connect();
            client.Append("t", Batch.Of("a"));
            Assert.Equal(["a"], client.Fetch("t", 0).Values());
            Assert.Equal(before, context.Posts);
        });
    }

    [Fact]
    public async Task Producers_are_known_again_and_ids_are_never_given_twice()
    {
        HashSet<long> ids = [];
        for (int start = 0; start < 3; start++)
        {
            await using TestBroker broker = await TestBroker.StartAsync(directory: _directory);
            using RawClient client = broker.Connect();
            if (start == 0) broker.CreateTopic("t");
            var init = client.Call<InitProducerIdRequest, InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = null }, 4);
            Assert.True(ids.Add(init.ProducerId));

            // The same batch of the first start again: it is known after each restart.
            Assert.Equal(0, client.Append("t", Batch.Idempotent(7, 0, 0, "a")));
            Assert.Equal(["a"], client.Fetch("t", 0).Values());
        }
    }

    [Fact]
    public async Task Files_are_sent_as_they_lie_on_disk()
    {
        await using TestBroker broker = await TestBroker.StartAsync(directory: _directory);
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        string[] values = [.. Enumerable.Range(0, 40).Select(static index => new string((char)('a' + (index % 26)), 40_000))];
        foreach (string value in values) client.Append("t", Batch.Of(value));

        FetchRequest request = ClientRequests.Fetch("t", 0);
        request.Topics[0].Partitions[0].PartitionMaxBytes = int.MaxValue;
        Assert.Equal(values, client.Fetch(request).Only().Values());
    }

    [Fact]
    public async Task A_topic_deleted_while_its_records_are_read_harms_nobody()
    {
        await using TestBroker broker = await TestBroker.StartAsync(directory: _directory);
        for (int round = 0; round < 5; round++)
        {
            broker.CreateTopic("t");
            using RawClient client = broker.Connect();
            for (int batch = 0; batch < 20; batch++) client.Append("t", Batch.OfSize(100_000));
            FetchRequest request = ClientRequests.Fetch("t", 0);
            request.Topics[0].Partitions[0].PartitionMaxBytes = int.MaxValue;
            byte[][] frames = [.. Enumerable.Range(1, 10).Select(id => RawClient.Frame(request, ClientRequests.FetchVersion, id))];
            client.SendBytes([.. frames.SelectMany(static frame => frame)]);

            broker.DeleteTopic("t");

            for (int id = 1; id <= 10; id++)
            {
                FetchResponse.PartitionData answer = client.Receive<FetchResponse>(ClientRequests.FetchVersion, id).Only();
                if (answer.ErrorCode == ErrorCode.None) Assert.Equal(20, answer.Values().Count);
                else Assert.Equal(ErrorCode.UnknownTopicOrPartition, answer.ErrorCode);
            }
        }

        Assert.Empty(broker.Log.Warnings);
    }

    [Fact]
    public async Task Two_brokers_do_not_share_a_directory()
    {
        await using TestBroker first = await TestBroker.StartAsync(directory: _directory);

        IOException error = await Assert.ThrowsAnyAsync<IOException>(() => TestBroker.StartAsync(directory: _directory));

        Assert.Contains(_directory, error.Message);
        first.AssertServes();
    }

    [Fact]
    public async Task A_start_that_failed_leaves_the_directory_free()
    {
        await using TestBroker other = await TestBroker.StartAsync();
        var options = new EmbeddedBrokerOptions { DataDirectory = _directory, Port = other.Broker.EndPoint.Port };

        IOException error = await Assert.ThrowsAsync<IOException>(() => EmbeddedBroker.StartAsync(options));

        Assert.Contains(other.Broker.EndPoint.ToString(), error.Message);
        await using TestBroker second = await TestBroker.StartAsync(directory: _directory);
        second.AssertServes();
    }

    [Fact]
    public async Task Several_brokers_live_side_by_side()
    {
        TestBroker[] brokers = await Task.WhenAll(Enumerable.Range(0, 5).Select(static _ => TestBroker.StartAsync()));

        Assert.Equal(5, brokers.Select(static broker => broker.Broker.EndPoint.Port).Distinct().Count());
        Assert.Equal(5, brokers.Select(static broker => broker.Broker.ClusterId).Distinct().Count());
        brokers[0].CreateTopic("t");
        using RawClient client = brokers[1].Connect();
        Assert.Empty(client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = null }, 12).Topics);
        foreach (TestBroker broker in brokers) await broker.DisposeAsync();
    }

    [Fact]
    public async Task Stopping_twice_does_nothing_more()
    {
        TestBroker broker = await TestBroker.StartAsync();

        await broker.DisposeAsync();
        await broker.DisposeAsync();

        Assert.Throws<System.Net.Sockets.SocketException>(() => broker.Connect());
    }

    [Theory]
    [InlineData("num.partitions", "many")]
    [InlineData("num.partitons", "3")]
    [InlineData("log.segment.bytes", "-1")]
    [InlineData("log.cleanup.policy", "burn")]
    public async Task A_bad_setting_is_named_with_its_value(string key, string value)
    {
        ConfigurationException error = await Assert.ThrowsAsync<ConfigurationException>(() => TestBroker.StartAsync(settings: (key, value)));

        Assert.Contains(key, error.Message);
        Assert.Contains(key == "num.partitons" ? "num.partitions" : value, error.Message);
    }

    [Fact]
    public async Task A_broker_in_memory_is_ready_in_a_blink()
    {
        await using (await TestBroker.StartAsync())
        {
            // The first start pays for compiling.
        }

        long best = long.MaxValue;
        for (int start = 0; start < 5; start++)
        {
            long began = Stopwatch.GetTimestamp();
            await using TestBroker broker = await TestBroker.StartAsync();
            best = Math.Min(best, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        // Tens of milliseconds on a quiet machine; the limit leaves room for a busy one.
        Assert.InRange(best, 0, 500);
    }

    [Fact]
    public async Task Giving_up_a_start_leaves_nothing_open()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EmbeddedBroker.StartAsync(
            new EmbeddedBrokerOptions { DataDirectory = _directory }, new CancellationToken(canceled: true)));

        await using TestBroker broker = await TestBroker.StartAsync(directory: _directory);
        broker.AssertServes();
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private sealed class CountingContext : SynchronizationContext
    {
        private int _posts;

        public int Posts => Volatile.Read(ref _posts);

        public override void Post(SendOrPostCallback callback, object? state)
        {
            Interlocked.Increment(ref _posts);
            base.Post(callback, state);
        }
    }
}
