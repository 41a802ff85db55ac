using System.Text.RegularExpressions;
using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;

namespace PerfLog.Client.Tests.Clients;

/// <summary>Consumers in groups against a whole broker in this process.</summary>
public sealed class GroupTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private EmbeddedBroker _broker = null!;

    public async Task InitializeAsync() => _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions
    {
        Settings = new Dictionary<string, string>
        {
            ["group.initial.rebalance.delay.ms"] = "0",
            ["group.min.session.timeout.ms"] = "100",
            ["offsets.topic.num.partitions"] = "1",
        },
    });

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Fact]
    public async Task What_one_member_committed_the_next_one_does_not_read_again()
    {
        await ProduceAsync("orders", partitions: 2, records: 100);
        HashSet<(int, long)> seen = [];
        await using (Consumer<int, int> first = Member("g"))
        {
            first.Subscribe(["orders"]);
            await ReadAsync(first, seen, count: 60);
            await first.CommitAsync();
        }

        await using Consumer<int, int> second = Member("g");
        second.Subscribe(["orders"]);
        await ReadAsync(second, seen, count: 100);

        Assert.Equal(100, seen.Count);
    }

    [Fact]
    public async Task A_closed_consumer_has_committed_what_it_polled_by_itself()
    {
        await ProduceAsync("orders", partitions: 1, records: 50);
        HashSet<(int, long)> seen = [];
        await using (Consumer<int, int> first = Member("g", static options => options with { EnableAutoCommit = true }))
        {
            first.Subscribe(["orders"]);
            await ReadAsync(first, seen, count: 50);
        }

        await using Consumer<int, int> second = Member("g");
        Assert.Equal(50, (await second.CommittedAsync([new("orders", 0)]))[new("orders", 0)].Offset.Value);
    }

    [Fact]
    public async Task Records_that_a_loop_left_unread_are_read_by_the_next_member()
    {
        await ProduceAsync("orders", partitions: 3, records: 90);
        HashSet<(int, long)> seen = [];
        await using (Consumer<int, int> first = Member("g", static options => options with { EnableAutoCommit = true }))
        {
            first.Subscribe(["orders"]);
            using var deadline = new CancellationTokenSource(Patience);
            await foreach (ConsumedRecord<int, int> record in first.ReadAsync(deadline.Token))
            {
                Assert.True(seen.Add((record.Partition, record.Offset.Value)));
                if (seen.Count == 40) break;
            }
        }

        await using Consumer<int, int> second = Member("g");
        second.Subscribe(["orders"]);
        await ReadAsync(second, seen, count: 90);

        Assert.Equal(90, seen.Count);
    }

    [Theory]
    [InlineData("range")]
    [InlineData("roundrobin")]
    [InlineData("sticky")]
    [InlineData("cooperative-sticky")]
    public async Task Members_share_the_partitions_and_take_over_those_of_one_that_leaves(string assignor)
    {
        await ProduceAsync("orders", partitions: 4, records: 40);
        await using Consumer<int, int> stays = Member("g", options => options with { Assignors = [Assignor(assignor)] });
        RecordingListener listener = new();
        stays.Subscribe(["orders"], listener);
        await PollUntilAsync(() => stays.Assignment.Count == 4, stays);

        await using (Consumer<int, int> leaves = Member("g", options => options with { Assignors = [Assignor(assignor)] }))
        {
            leaves.Subscribe(["orders"]);
            await PollUntilAsync(() => stays.Assignment.Count == 2 && leaves.Assignment.Count == 2, stays, leaves);
            Assert.Empty(stays.Assignment.Intersect(leaves.Assignment));
        }

        await PollUntilAsync(() => stays.Assignment.Count == 4, stays);
        Assert.Equal(stays.Assignment.Order(PartitionOrder), listener.Owned.Order(PartitionOrder));
        Assert.Empty(listener.Lost);
    }

    [Fact]
    public async Task A_pattern_takes_in_topics_that_come_later()
    {
        await ProduceAsync("orders-a", partitions: 1, records: 1);
        await ProduceAsync("bills", partitions: 1, records: 1);
        await using Consumer<int, int> consumer = Member("g", static options => options with { MetadataMaxAge = TimeSpan.FromMilliseconds(100) });
        consumer.Subscribe(new Regex("orders-.*"));
        await PollUntilAsync(() => consumer.Assignment.Count == 1, consumer);

        await ProduceAsync("orders-b", partitions: 1, records: 1);
        await PollUntilAsync(() => consumer.Assignment.Count == 2, consumer);

        Assert.Equal(["orders-a", "orders-b"], consumer.Assignment.Select(static partition => partition.Topic).Order());
    }

    [Fact]
    public async Task A_member_that_polls_too_late_loses_its_partitions_and_may_not_commit_for_them()
    {
        await ProduceAsync("orders", partitions: 1, records: 10);
        RecordingListener listener = new();
        await using Consumer<int, int> slow = Member("g", static options => options with { MaxPollInterval = TimeSpan.FromMilliseconds(300) });
        slow.Subscribe(["orders"], listener);
        HashSet<(int, long)> seen = [];
        await ReadAsync(slow, seen, count: 10);

        await using Consumer<int, int> next = Member("g");
        next.Subscribe(["orders"]);
        await PollUntilAsync(() => next.Assignment.Count == 1, next);

        ConsumeException refused = await Assert.ThrowsAsync<ConsumeException>(
            () => slow.CommitAsync(new Dictionary<TopicPartition, OffsetAndMetadata> { [new("orders", 0)] = new(new Offset(10)) }));
        Assert.Contains("orders-0", refused.Message);
        await PollUntilAsync(() => listener.Lost.Count == 1, slow, next);
    }

    [Fact]
    public async Task A_wakeup_ends_the_poll_under_way_and_the_consumer_goes_on()
    {
        await ProduceAsync("orders", partitions: 1, records: 0);
        await using Consumer<int, int> consumer = Member("g");
        consumer.Subscribe(["orders"]);
        Task polling = consumer.PollAsync(Patience).AsTask();

        consumer.Wakeup();

        await Assert.ThrowsAsync<WakeupException>(() => polling.WaitAsync(Patience));
        (await consumer.PollAsync(TimeSpan.Zero)).Dispose();
    }

    [Fact]
    public async Task Without_a_committed_offset_and_a_policy_it_is_an_error()
    {
        await ProduceAsync("orders", partitions: 1, records: 1);
        await using Consumer<int, int> consumer = Member("g", static options => options with { AutoOffsetReset = OffsetReset.None });
        consumer.Subscribe(["orders"]);

        ConsumeException refused = await Assert.ThrowsAsync<ConsumeException>(() => PollUntilAsync(static () => false, consumer));

        Assert.Contains("auto.offset.reset=none", refused.Message);
    }

    private static IPartitionAssignor Assignor(string name) => name switch
    {
        "range" => PartitionAssignors.Range,
        "roundrobin" => PartitionAssignors.RoundRobin,
        "sticky" => PartitionAssignors.Sticky,
        _ => PartitionAssignors.CooperativeSticky,
    };

    private static readonly Comparer<TopicPartition> PartitionOrder =
        Comparer<TopicPartition>.Create(static (left, right) => left.Partition.CompareTo(right.Partition));

    private static async Task ReadAsync(Consumer<int, int> consumer, HashSet<(int, long)> seen, int count)
    {
        using CancellationTokenSource deadline = new(Patience);
        while (seen.Count < count)
        {
            using ConsumedBatch<int, int> batch = await consumer.PollAsync(TimeSpan.FromMilliseconds(100), deadline.Token);
            foreach (ConsumedRecord<int, int> record in batch) Assert.True(seen.Add((record.Partition, record.Offset.Value)), "read twice");
        }
    }

    private static async Task PollUntilAsync(Func<bool> condition, params Consumer<int, int>[] consumers)
    {
        using CancellationTokenSource deadline = new(Patience);
        while (!condition())
        {
            foreach (Consumer<int, int> consumer in consumers)
                (await consumer.PollAsync(TimeSpan.FromMilliseconds(20), deadline.Token)).Dispose();
        }
    }

    private Consumer<int, int> Member(string group, Func<ConsumerOptions, ConsumerOptions>? change = null)
    {
        ConsumerOptions options = new()
        {
            BootstrapServers = _broker.BootstrapServers,
            GroupId = group,
            AutoOffsetReset = OffsetReset.Earliest,
            EnableAutoCommit = false,
            MaxPollRecords = 20,
            HeartbeatInterval = TimeSpan.FromMilliseconds(50),
        };
        return new Consumer<int, int>(change is null ? options : change(options));
    }

    private async Task ProduceAsync(string topic, int partitions, int records)
    {
        await using (AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = _broker.BootstrapServers }))
            await admin.CreateTopicAsync(new NewTopic(topic, partitions));
        await using Producer<int, int> producer = new(ProducerOptions.Classic(_broker.BootstrapServers));
        for (int index = 0; index < records; index++)
            await producer.Send(new ProducerRecord<int, int>(topic, index, index) { Partition = index % partitions });
        await producer.FlushAsync();
    }
}
