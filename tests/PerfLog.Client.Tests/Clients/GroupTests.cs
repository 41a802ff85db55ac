using System.Text.RegularExpressions;
using PerfLog.Client.Consuming;

namespace PerfLog.Client.Tests.Clients;

/// <summary>Consumers in groups against a whole broker in this process.</summary>
public sealed class GroupTests() : ConsumerGroupTests(patienceSeconds: 30, ("group.min.session.timeout.ms", "100"))
{
    protected override ConsumerOptions Options => base.Options with { HeartbeatInterval = TimeSpan.FromMilliseconds(50) };

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
}
