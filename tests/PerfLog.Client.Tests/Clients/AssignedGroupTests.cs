using System.Text.RegularExpressions;
using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;

namespace PerfLog.Client.Tests.Clients;

/// <summary>Consumers in groups whose coordinator assigns, against a whole broker in this process.</summary>
public sealed class AssignedGroupTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private EmbeddedBroker _broker = null!;

    public async Task InitializeAsync() => _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions
    {
        Settings = new Dictionary<string, string>
        {
            ["group.initial.rebalance.delay.ms"] = "0",
            ["group.consumer.heartbeat.interval.ms"] = "100",
            ["group.consumer.session.timeout.ms"] = "3000",
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

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Members_share_the_partitions_and_take_over_those_of_members_that_leave(int count)
    {
        await ProduceAsync("orders", partitions: 10, records: 10);
        await using Consumer<int, int> stays = Member("g");
        RecordingListener listener = new();
        stays.Subscribe(["orders"], listener);
        await PollUntilAsync(() => stays.Assignment.Count == 10, stays);

        Consumer<int, int>[] others = [.. Enumerable.Range(1, count - 1).Select(_ => Member("g"))];
        foreach (Consumer<int, int> other in others) other.Subscribe(["orders"]);
        Consumer<int, int>[] all = [stays, .. others];
        await PollUntilAsync(() => all.All(member => member.Assignment.Count == 10 / count), all);
        Assert.Equal(10, all.SelectMany(static member => member.Assignment).Distinct().Count());

        foreach (Consumer<int, int> other in others) await other.DisposeAsync();
        await PollUntilAsync(() => stays.Assignment.Count == 10, stays);
        Assert.Equal(10, listener.Owned.Count);
        Assert.Empty(listener.Lost);
    }

    [Fact]
    public async Task What_a_member_gives_up_it_has_committed_so_that_nobody_reads_it_twice()
    {
        await ProduceAsync("orders", partitions: 4, records: 400);
        HashSet<(int, long)> seen = [];
        await using Consumer<int, int> first = Member("g", static options => options with { EnableAutoCommit = true });
        first.Subscribe(["orders"]);
        await ReadAsync(first, seen, count: 200);

        await using Consumer<int, int> second = Member("g", static options => options with { EnableAutoCommit = true });
        second.Subscribe(["orders"]);
        await ReadAsync([first, second], seen, () => seen.Count == 400 && second.Assignment.Count == 2);

        Assert.Equal(2, first.Assignment.Count);
    }

    [Fact]
    public async Task A_member_that_polls_too_late_loses_its_partitions_and_comes_back()
    {
        await ProduceAsync("orders", partitions: 2, records: 10);
        RecordingListener listener = new();
        await using Consumer<int, int> slow = Member("g", static options => options with { MaxPollInterval = TimeSpan.FromMilliseconds(500) });
        slow.Subscribe(["orders"], listener);
        await PollUntilAsync(() => slow.Assignment.Count == 2, slow);

        await using Consumer<int, int> next = Member("g");
        next.Subscribe(["orders"]);
        await PollUntilAsync(() => next.Assignment.Count == 2, next);

        await PollUntilAsync(() => slow.Assignment.Count == 1 && next.Assignment.Count == 1, slow, next);
        Assert.NotEmpty(listener.Lost);
    }

    [Theory]
    [InlineData("orders-.*")]
    [InlineData("orders-(?=.)[a-z]")]
    public async Task A_pattern_takes_in_topics_that_come_later_whoever_matches_it(string pattern)
    {
        await ProduceAsync("orders-a", partitions: 1, records: 1);
        await ProduceAsync("bills", partitions: 1, records: 1);
        await using Consumer<int, int> consumer = Member("g", static options => options with { MetadataMaxAge = TimeSpan.FromMilliseconds(100) });
        consumer.Subscribe(new Regex(pattern));
        await PollUntilAsync(() => consumer.Assignment.Count == 1, consumer);

        await ProduceAsync("orders-b", partitions: 1, records: 1);
        await PollUntilAsync(() => consumer.Assignment.Count == 2, consumer);

        Assert.Equal(["orders-a", "orders-b"], consumer.Assignment.Select(static partition => partition.Topic).Order());
    }

    [Fact]
    public async Task Another_subscription_replaces_the_one_before()
    {
        await ProduceAsync("orders", partitions: 1, records: 1);
        await ProduceAsync("bills", partitions: 1, records: 1);
        await using Consumer<int, int> consumer = Member("g");
        consumer.Subscribe(["orders"]);
        await PollUntilAsync(() => consumer.Assignment is [{ Topic: "orders" }], consumer);

        consumer.Subscribe(new Regex("bi.ls"));
        await PollUntilAsync(() => consumer.Assignment is [{ Topic: "bills" }], consumer);

        consumer.Subscribe(["orders"]);
        await PollUntilAsync(() => consumer.Assignment is [{ Topic: "orders" }], consumer);
    }

    [Fact]
    public async Task A_member_with_a_lasting_name_finds_its_partitions_again_and_no_second_one_gets_the_name()
    {
        await ProduceAsync("orders", partitions: 4, records: 4);
        await using Consumer<int, int> other = Member("g");
        RecordingListener listener = new();
        other.Subscribe(["orders"], listener);
        TopicPartition[] before;
        await using (Consumer<int, int> named = Member("g", static options => options with { GroupInstanceId = "me" }))
        {
            named.Subscribe(["orders"]);
            await PollUntilAsync(() => named.Assignment.Count == 2 && other.Assignment.Count == 2, named, other);
            before = [.. named.Assignment];

            await using Consumer<int, int> impostor = Member("g", static options => options with { GroupInstanceId = "me" });
            impostor.Subscribe(["orders"]);
            ConsumeException refused = await Assert.ThrowsAsync<ConsumeException>(() => PollUntilAsync(static () => false, impostor));
            Assert.Equal(ErrorCode.UnreleasedInstanceId, refused.Error);
        }

        await using Consumer<int, int> again = Member("g", static options => options with { GroupInstanceId = "me" });
        again.Subscribe(["orders"]);
        await PollUntilAsync(() => again.Assignment.Count == 2, again, other);

        Assert.Equal(before.Order(PartitionOrder), again.Assignment.Order(PartitionOrder));
        Assert.Equal(2, listener.Owned.Count);
    }

    [Fact]
    public async Task Members_of_both_protocols_share_a_group()
    {
        await ProduceAsync("orders", partitions: 4, records: 4);
        await using Consumer<int, int> classic = Member("g", static options => options with
        {
            GroupProtocol = GroupProtocol.Classic, HeartbeatInterval = TimeSpan.FromMilliseconds(50),
        });
        classic.Subscribe(["orders"]);
        await PollUntilAsync(() => classic.Assignment.Count == 4, classic);

        await using Consumer<int, int> assigned = Member("g");
        assigned.Subscribe(["orders"]);
        await PollUntilAsync(() => classic.Assignment.Count == 2 && assigned.Assignment.Count == 2, classic, assigned);

        Assert.Empty(classic.Assignment.Intersect(assigned.Assignment));
    }

    [Fact]
    public async Task An_assignor_that_the_coordinator_does_not_know_is_an_error()
    {
        await ProduceAsync("orders", partitions: 1, records: 1);
        await using Consumer<int, int> consumer = Member("g", static options => options with { GroupRemoteAssignor = "fairest" });
        consumer.Subscribe(["orders"]);

        ConsumeException refused = await Assert.ThrowsAsync<ConsumeException>(() => PollUntilAsync(static () => false, consumer));

        Assert.Equal(ErrorCode.UnsupportedAssignor, refused.Error);
    }

    private static readonly Comparer<TopicPartition> PartitionOrder =
        Comparer<TopicPartition>.Create(static (left, right) => left.Partition.CompareTo(right.Partition));

    private static Task ReadAsync(Consumer<int, int> consumer, HashSet<(int, long)> seen, int count) =>
        ReadAsync([consumer], seen, () => seen.Count >= count);

    private static async Task ReadAsync(Consumer<int, int>[] consumers, HashSet<(int, long)> seen, Func<bool> isEnough)
    {
        using CancellationTokenSource deadline = new(Patience);
        for (int turn = 0; !isEnough(); turn++)
        {
            using ConsumedBatch<int, int> batch = await consumers[turn % consumers.Length].PollAsync(TimeSpan.FromMilliseconds(50), deadline.Token);
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
            GroupProtocol = GroupProtocol.Consumer,
            AutoOffsetReset = OffsetReset.Earliest,
            EnableAutoCommit = false,
            MaxPollRecords = 20,
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
