using System.Collections.Concurrent;
using Confluent.Kafka;

namespace PerfLog.Interop;

public sealed class RestartTests
{
    private const string Topic = "survivor";
    private const string CleanShutdownMark = ".kafka_cleanshutdown";

    [Fact]
    public async Task A_stop_on_SIGTERM_leaves_the_clean_mark_and_everything_is_there_after_the_start()
    {
        using var folder = new TemporaryFolder();
        string[] values = [.. Enumerable.Range(0, 2000).Select(static number => $"value {number}")];
        int port = await RunAsync(folder, 0, async broker =>
        {
            await Clients.CreateTopicAsync(broker.Address, Topic, partitions: 3, new() { ["retention.ms"] = "123456789" });
            using IProducer<string?, string> producer = Clients.Producer(broker.Address);
            await Clients.SendAsync(producer, Topic, values);
        });

        Assert.True(File.Exists(folder.File(CleanShutdownMark)), "There is no clean-shutdown mark.");
        await RunAsync(folder, port, async broker =>
        {
            Assert.False(File.Exists(folder.File(CleanShutdownMark)), "The mark must be gone while the broker runs.");
            Assert.Equal(values, Clients.ReadToEnd(broker.Address, Topic).Select(static record => record.Message.Value));
            using IAdminClient admin = Clients.Admin(broker.Address);
            Assert.Equal(3, Assert.Single(admin.GetMetadata(Topic, Limits.Operation).Topics).Partitions.Count);
            var description = await admin.DescribeConfigsAsync([new() { Type = Confluent.Kafka.Admin.ResourceType.Topic, Name = Topic }]);
            Assert.Equal("123456789", description.Single().Entries["retention.ms"].Value);
        });
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_by_kill_9_under_load()
    {
        using var folder = new TemporaryFolder();
        var acknowledged = new ConcurrentDictionary<long, string>();
        await using BrokerProcess first = await BrokerProcess.StartAsync(folder.Path, 0, "log.segment.bytes=1048576");
        await Clients.CreateTopicAsync(first.Address, Topic);
        using (IProducer<string?, string> producer = Clients.Producer(first.Address, static config =>
        {
            config.MessageSendMaxRetries = 0;
            config.MessageTimeoutMs = 5000;
        }))
        {
            using var stop = new CancellationTokenSource();
            Task load = Task.Run(() => ProduceUntil(producer, acknowledged, stop.Token));
            await Limits.UntilAsync("20,000 records acknowledged", () => acknowledged.Count >= 20_000);
            await first.KillAsync();
            await stop.CancelAsync();
            await load;
            producer.Flush(TimeSpan.FromSeconds(10));
        }

        Assert.False(File.Exists(folder.File(CleanShutdownMark)), "A killed broker must not leave a clean-shutdown mark.");
        await using BrokerProcess second = await BrokerProcess.StartAsync(folder.Path, first.Port);
        Dictionary<long, string> kept = Clients.ReadToEnd(second.Address, Topic)
            .ToDictionary(static record => record.Offset.Value, static record => record.Message.Value);
        string[] lost = [.. acknowledged.Where(record => kept.GetValueOrDefault(record.Key) != record.Value)
            .OrderBy(static record => record.Key).Take(10).Select(static record => $"{record.Key}: {record.Value}")];
        Assert.Empty(lost);
    }

    [Fact]
    public async Task A_client_goes_on_by_itself_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        BrokerProcess first = await BrokerProcess.StartAsync(folder.Path);
        await Clients.CreateTopicAsync(first.Address, Topic);
        using IProducer<string?, string> producer = Clients.Producer(first.Address);
        using IConsumer<string?, string> consumer = Clients.Consumer(
            first.Address, static config => config.EnablePartitionEof = false);
        consumer.Assign(new TopicPartitionOffset(Topic, 0, 0));
        await Clients.SendAsync(producer, Topic, ["before"]);
        Assert.Equal("before", Clients.NextOrEnd(consumer)?.Message.Value);
        Assert.Equal(0, await first.TerminateAsync());
        await first.DisposeAsync();

        await RunAsync(folder, first.Port, async _ =>
        {
            await Clients.SendAsync(producer, Topic, ["after"]);
            Assert.Equal("after", Clients.NextOrEnd(consumer)?.Message.Value);
        });
    }

    [Fact]
    public async Task A_deleted_topic_stays_deleted_and_its_name_can_be_used_again()
    {
        using var folder = new TemporaryFolder();
        int port = await RunAsync(folder, 0, async broker =>
        {
            await Clients.CreateTopicAsync(broker.Address, Topic);
            using IProducer<string?, string> producer = Clients.Producer(broker.Address);
            await Clients.SendAsync(producer, Topic, ["old"]);
            using IAdminClient admin = Clients.Admin(broker.Address);
            await admin.DeleteTopicsAsync([Topic]);
        });

        await RunAsync(folder, port, async broker =>
        {
            using IAdminClient admin = Clients.Admin(broker.Address);
            Assert.DoesNotContain(admin.GetMetadata(Limits.Operation).Topics, static topic => topic.Topic == Topic);
            await Clients.CreateTopicAsync(broker.Address, Topic);
            Assert.Empty(Clients.ReadToEnd(broker.Address, Topic));
        });
    }

    /// <summary>Starts a broker, lets it be used, stops it as an operator would. Returns the port it had.</summary>
    private static async Task<int> RunAsync(TemporaryFolder folder, int port, Func<BrokerProcess, Task> use)
    {
        await using BrokerProcess broker = await BrokerProcess.StartAsync(folder.Path, port);
        await use(broker);
        int exitCode = await broker.TerminateAsync();
        Assert.True(exitCode == 0, $"The broker ended with {exitCode} after SIGTERM.\n{broker.Log}");
        return broker.Port;
    }

    private static void ProduceUntil(
        IProducer<string?, string> producer, ConcurrentDictionary<long, string> acknowledged, CancellationToken stop)
    {
        var partition = new Confluent.Kafka.TopicPartition(Topic, 0);
        for (int number = 0; !stop.IsCancellationRequested; number++)
        {
            string value = $"{number} {new string('v', 100)}";
            try
            {
                producer.Produce(partition, new() { Value = value }, report =>
                {
                    if (!report.Error.IsError) acknowledged[report.Offset.Value] = report.Message.Value;
                });
            }
            catch (ProduceException<string?, string> full) when (full.Error.Code == Confluent.Kafka.ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(10));
            }
        }
    }
}
