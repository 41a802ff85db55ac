using Confluent.Kafka;

namespace PerfLog.Interop.Groups;

/// <summary>Groups whose partitions the broker assigns, to members of PerfLog's own client and of librdkafka beside each other.</summary>
[Collection(ConsumerGroupBrokerTests.Name)]
public sealed class MixedConsumerGroupTests(ConsumerGroupBroker broker)
{
    private const int Partitions = 12;

    [Fact]
    public async Task Members_of_both_clients_share_the_partitions_and_read_every_record_once()
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "mixed", Partitions);
        using GroupMember foreign = Foreign(topic);
        await using OwnMember own = new(broker.Address, topic.Name, topic.Name);
        await UntilSharedAsync(own.Running, () => own.Partitions, () => foreign.Partitions);

        await topic.SendAsync(300);

        await Limits.UntilAsync("every record is read", () => own.ReadValues.Count + foreign.Read.Count >= 300);
        Assert.Equal(topic.Values, own.ReadValues.Concat(Values(foreign)).Order());
        Assert.NotEmpty(own.ReadValues);
        Assert.NotEmpty(foreign.Read);
        Assert.Null(foreign.Failure);
    }

    [Fact]
    public async Task Who_leaves_hands_its_partitions_to_the_other_which_reads_on_from_its_commits()
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "mixed-left", Partitions);
        using GroupMember foreign = Foreign(topic);
        OwnMember own = new(broker.Address, topic.Name, topic.Name);
        await using OwnMember toEnd = own;
        await UntilSharedAsync(own.Running, () => own.Partitions, () => foreign.Partitions);
        await topic.SendAsync(120);
        await Limits.UntilAsync("the first records are read", () => own.ReadValues.Count + foreign.Read.Count >= 120);

        await own.DisposeAsync();
        await Limits.UntilAsync("the foreign member has all", () => foreign.Partitions.Count == Partitions);
        await topic.SendAsync(60);
        await Limits.UntilAsync("every record is read", () => own.ReadValues.Count + foreign.Read.Count >= 180);
        Assert.Equal(topic.Values, own.ReadValues.Concat(Values(foreign)).Order());

        await using OwnMember next = new(broker.Address, topic.Name, topic.Name);
        await UntilSharedAsync(next.Running, () => next.Partitions, () => foreign.Partitions);
        foreign.Dispose();
        await Limits.UntilAsync("the own member has all", () => next.Partitions.Count == Partitions);
        await topic.SendAsync(60);
        await topic.UntilAllReadAsync(() => own.ReadValues.Concat(next.ReadValues).Concat(Values(foreign)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_partitions_of_one_that_dies_go_to_the_other_and_nothing_is_lost(bool isOwnKilled)
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "mixed-killed", Partitions);
        using MemberProcess killed = new(broker.Address, topic.Name, topic.Name, isOwnKilled);
        using GroupMember? foreign = isOwnKilled ? Foreign(topic) : null;
        await using OwnMember? own = isOwnKilled ? null : new(broker.Address, topic.Name, topic.Name);
        IReadOnlySet<int> Survivor() => foreign?.Partitions ?? own!.Partitions;
        IEnumerable<string> Read() => (foreign is null ? own!.ReadValues : Values(foreign)).Concat(killed.ReadValues);
        await UntilSharedAsync(own?.Running ?? Task.CompletedTask, () => killed.Partitions, Survivor);
        await topic.SendAsync(120);
        await Limits.UntilAsync("the one that is to die reads", () => killed.ReadValues.Count > 0);

        killed.Kill();
        await topic.SendAsync(120);

        await Limits.UntilAsync("the survivor has all", () => Survivor().Count == Partitions);
        await topic.UntilAllReadAsync(Read);
    }

    private static IEnumerable<string> Values(GroupMember member) => member.Read.Select(static record => record.Message.Value);

    private static async Task UntilSharedAsync(Task ownRunning, Func<IReadOnlySet<int>> left, Func<IReadOnlySet<int>> right)
    {
        await Limits.UntilAsync(
            "two members share", () => ownRunning.IsFaulted || (left().Count == Partitions / 2 && right().Count == Partitions / 2));
        if (ownRunning.IsFaulted) await ownRunning;
        Assert.Empty(left().Intersect(right()));
    }

    private GroupMember Foreign(GroupTopic topic) => new(broker.Address, topic.Name, topic.Name, static config =>
    {
        config.GroupProtocol = GroupProtocol.Consumer;

        // The broker decides these.
        config.SessionTimeoutMs = null;
        config.HeartbeatIntervalMs = null;
    });
}
