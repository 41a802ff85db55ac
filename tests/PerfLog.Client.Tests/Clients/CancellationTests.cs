using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Clients;

/// <summary>
/// A call's token is cancelled at each thing that happens on the wire while a client works: at the first in the first run, at the
/// second in the second, until a run is over sooner. Only the call under way may end of it, and only as cancelled; done again, all is as if
/// nothing had been.
/// </summary>
public sealed class CancellationTests : IAsyncLifetime
{
    private const int Records = 5;
    private const int RunsMax = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private EmbeddedBroker _broker = null!;
    private int _cancelled;

    public async Task InitializeAsync() => _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions
    {
        Settings = new Dictionary<string, string>
        {
            ["group.initial.rebalance.delay.ms"] = "0",
            ["offsets.topic.num.partitions"] = "1",
            ["group.consumer.min.heartbeat.interval.ms"] = "50",
            ["group.consumer.heartbeat.interval.ms"] = "50",
        },
    });

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Fact]
    public async Task A_producer_writes_each_record_once_and_in_order_whenever_a_call_is_cancelled()
    {
        int run = 0;
        await EachAsync(async (opener, step) =>
        {
            string topic = await TopicAsync($"written-{run++}");
            Producer<None, int> producer = new(ProducerOptions.Safe(_broker.BootstrapServers), null, null, opener);
            for (int number = 0; number < Records; number++)
            {
                int value = number;
                if (number % 2 == 0) await step(async token => await producer.SendAsync(topic, default, value, token));
                else await step(async token => await producer.Send(new ProducerRecord<None, int>(topic, default, value), cancellation: token));
                await step(token => producer.FlushAsync(token));
            }

            Assert.Equal(0, producer.Core.Accumulator.Budget.UsedBytes);
            await producer.DisposeAsync();
            await AssertHoldsAsync(topic);
        });
    }

    [Fact]
    public async Task A_consumer_of_assigned_partitions_reads_each_record_once_whenever_a_call_is_cancelled()
    {
        string topic = await FilledTopicAsync("assigned");
        TopicPartition partition = new(topic, 0);
        await EachAsync(async (opener, step) =>
        {
            await using Consumer<None, int> consumer = Consumer(opener, static options => options);
            consumer.Assign(partition);
            await ReadAllAsync(consumer, step);
            await step(async token => Assert.Equal(new Offset(Records), await consumer.PositionAsync(partition, token)));
            await step(async token => Assert.Equal(new Offset(Records), (await consumer.EndOffsetsAsync([partition], token))[partition]));
            consumer.Seek(partition, new Offset(0));
            await ReadAllAsync(consumer, step);
        });
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task A_member_of_a_group_reads_each_record_once_and_commits_whenever_a_call_is_cancelled(GroupProtocol protocol)
    {
        string topic = await FilledTopicAsync("shared");
        TopicPartition partition = new(topic, 0);
        int run = 0;
        await EachAsync(async (opener, step) =>
        {
            string group = $"g{run++}";
            await using (Consumer<None, int> consumer = Consumer(opener, options => options with { GroupId = group, GroupProtocol = protocol }))
            {
                RecordingListener listener = new();
                consumer.Subscribe([topic], listener);
                await ReadAllAsync(consumer, step);
                await step(token => consumer.CommitAsync(token));
                await step(async token => Assert.Equal(new Offset(Records), (await consumer.CommittedAsync([partition], token))[partition].Offset));
                await step(async token => await consumer.UnsubscribeAsync(token));
                Assert.Empty(listener.Owned);
                Assert.Empty(listener.Lost);
            }
        });
    }

    [Fact]
    public async Task An_admin_client_does_and_tells_the_same_whenever_a_call_is_cancelled()
    {
        int run = 0;
        await EachAsync(async (opener, step) =>
        {
            string topic = $"administered-{run}";
            string group = $"administered-group-{run++}";
            TopicPartition partition = new(topic, 0);
            ConfigResource resource = ConfigResource.Topic(topic);
            AdminClientOptions options = new() { BootstrapServers = _broker.BootstrapServers, RetryBackoff = TimeSpan.FromMilliseconds(5) };
            await using AdminClient admin = new(options, opener);

            // What a cancelled call has done already is refused when it is done again.
            await step(async token => AssertDone(await admin.CreateTopicsAsync([new NewTopic(topic, 1)], null, token), ErrorCode.TopicAlreadyExists));
            await step(async token => AssertDone(
                await admin.CreatePartitionsAsync(new Dictionary<string, NewPartitions> { [topic] = new(2) }, null, token), ErrorCode.InvalidPartitions));
            await step(async token => Assert.Equal(2, (await admin.DescribeTopicsAsync([topic], null, token))[topic].Value.Partitions.Count));
            await step(token => admin.AlterConfigsAsync(resource, [new("retention.ms", ConfigOperation.Set, "5000")], token));
            await step(async token => Assert.Contains(
                await admin.DescribeConfigsAsync(resource, token), static entry => entry is { Name: "retention.ms", Value: "5000" }));
            await step(async token => Assert.Equal(Offset.Zero, (await admin.FindOffsetAsync(partition, OffsetSpec.Latest, token)).Offset));
            await step(async token => Assert.Equal(TimestampMs.None, await admin.FindTimeAsync(partition, Offset.Zero, token)));
            await step(async token => Assert.Equal(Offset.Zero, await admin.DeleteRecordsAsync(partition, Offset.Zero, token)));
            await step(async token => AssertDone(await admin.AlterGroupOffsetsAsync(group, [new GroupOffset(partition, Offset.Zero)], null, token)));
            await step(async token => Assert.Contains(await admin.ListGroupsAsync(token), listed => listed.GroupId == group));
            await step(async token => Assert.Equal("Empty", (await admin.DescribeGroupAsync(group, token)).State));
            await step(async token => Assert.Single(await admin.ListGroupOffsetsAsync(group, token)));
            await step(async token => AssertDone(await admin.DeleteGroupOffsetsAsync(group, [partition], null, token), ErrorCode.GroupIdNotFound));
            await step(async token => AssertDone(await admin.DeleteGroupsAsync([group], null, token), ErrorCode.GroupIdNotFound));
            await step(async token => Assert.Single((await admin.DescribeClusterAsync(token)).Brokers));
            await step(async token => Assert.NotEmpty(await admin.DescribeLogDirsAsync(new BrokerId(0), token)));
            await step(async token => AssertDone(await admin.DeleteTopicsAsync([topic], null, token), ErrorCode.UnknownTopicOrPartition));
            await step(async token => Assert.DoesNotContain(topic, await admin.ListTopicsAsync(token)));
        });
    }

    private static void AssertDone<TItem, TValue>(AdminResults<TItem, TValue> results, ErrorCode whenDoneBefore = ErrorCode.None)
        where TItem : notnull => Assert.All(results.Values, result => Assert.True(
            result.Error == ErrorCode.None || result.Error == whenDoneBefore, result.Failure?.Message));

    /// <summary>Runs a scenario again and again, with the token of whatever step is under way cancelled one event later each time.</summary>
    private async Task EachAsync(Func<IBrokerLinkOpener, Func<Func<CancellationToken, Task>, Task>, Task> scenario)
    {
        for (int at = 1; at <= RunsMax; at++)
        {
            int events = 0;
            using CancellationTokenSource cancellation = new();
            EventfulOpener opener = new(() =>
            {
                if (Interlocked.Increment(ref events) == at) cancellation.Cancel();
            });
            try
            {
                await scenario(opener, step => StepAsync(step, cancellation.Token)).WaitAsync(Patience);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Cancelled at event {at}: {failure.Message}", failure);
            }

            if (Volatile.Read(ref events) >= at) continue;

            // A cancellation that came too late for its step is none; but some must have ended a call.
            Assert.True(_cancelled >= 3, $"{_cancelled} of {at} cancellations ended a call.");
            return;
        }

        Assert.Fail($"The scenario has more than {RunsMax} events.");
    }

    /// <summary>Takes a step, and once more without a token if it was cancelled.</summary>
    private async Task StepAsync(Func<CancellationToken, Task> step, CancellationToken cancellation)
    {
        try
        {
            await step(cancellation.IsCancellationRequested ? CancellationToken.None : cancellation);
            return;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _cancelled++;
        }

        await step(CancellationToken.None);
    }

    private static async Task ReadAllAsync(Consumer<None, int> consumer, Func<Func<CancellationToken, Task>, Task> step)
    {
        List<int> read = [];
        while (read.Count < Records)
        {
            await step(async token =>
            {
                using ConsumedBatch<None, int> batch = await consumer.PollAsync(Patience, token);
                foreach (ConsumedRecord<None, int> record in batch) read.Add(record.Value);
            });
        }

        Assert.Equal(Enumerable.Range(0, Records), read);
    }

    private Consumer<None, int> Consumer(IBrokerLinkOpener? opener, Func<ConsumerOptions, ConsumerOptions> change) => new(
        change(new ConsumerOptions
        {
            BootstrapServers = _broker.BootstrapServers,
            AutoOffsetReset = OffsetReset.Earliest,
            EnableAutoCommit = false,
            FetchMaxWait = TimeSpan.FromMilliseconds(20),
            RetryBackoff = TimeSpan.FromMilliseconds(5),
        }),
        null, null, opener);

    private async Task<string> TopicAsync(string name)
    {
        await using AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = _broker.BootstrapServers });
        await admin.CreateTopicAsync(new NewTopic(name, Partitions: 1));
        return name;
    }

    private async Task<string> FilledTopicAsync(string name)
    {
        await TopicAsync(name);
        await using Producer<None, int> producer = new(ProducerOptions.Safe(_broker.BootstrapServers));
        for (int number = 0; number < Records; number++) await producer.SendAsync(name, default, number);
        return name;
    }

    private async Task AssertHoldsAsync(string topic)
    {
        await using Consumer<None, int> consumer = Consumer(null, static options => options);
        TopicPartition partition = new(topic, 0);
        consumer.Assign(partition);
        Assert.Equal(new Offset(Records), (await consumer.EndOffsetsAsync([partition]))[partition]);
        await ReadAllAsync(consumer, static step => step(CancellationToken.None));
    }
}
