using System.Text.RegularExpressions;
using PerfLog.Client.Consuming;

namespace PerfLog.Client.Tests.Clients;

/// <summary>Consumers in groups whose coordinator assigns, against a whole broker in this process.</summary>
public sealed class AssignedGroupTests() : ConsumerGroupTests(
    patienceSeconds: 60, ("group.consumer.heartbeat.interval.ms", "100"), ("group.consumer.session.timeout.ms", "3000"))
{
    protected override ConsumerOptions Options => base.Options with { GroupProtocol = GroupProtocol.Consumer };

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
}
