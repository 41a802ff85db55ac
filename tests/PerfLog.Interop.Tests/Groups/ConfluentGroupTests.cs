using Confluent.Kafka;

namespace PerfLog.Interop.Groups;

[Collection(GroupBrokerTests.Name)]
public sealed class ConfluentGroupTests(GroupBroker broker)
{
    [Theory]
    [InlineData(PartitionAssignmentStrategy.Range, 1)]
    [InlineData(PartitionAssignmentStrategy.Range, 2)]
    [InlineData(PartitionAssignmentStrategy.Range, 5)]
    [InlineData(PartitionAssignmentStrategy.Range, 14)]
    [InlineData(PartitionAssignmentStrategy.RoundRobin, 1)]
    [InlineData(PartitionAssignmentStrategy.RoundRobin, 2)]
    [InlineData(PartitionAssignmentStrategy.RoundRobin, 5)]
    [InlineData(PartitionAssignmentStrategy.RoundRobin, 14)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky, 1)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky, 2)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky, 5)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky, 14)]
    public async Task Members_share_the_partitions_and_read_every_record_once(PartitionAssignmentStrategy strategy, int members)
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "shared");
        using var group = new MemberSet();
        for (int member = 0; member < members; member++) group.Add(Member(topic, config => config.PartitionAssignmentStrategy = strategy));
        await Limits.UntilAsync("every partition has one member", () => group.Share(topic.Partitions));

        await topic.SendAsync(300);

        await topic.UntilAllReadAsync(() => group.ReadValues);
        Assert.Equal(topic.Values, group.ReadValues.Order());
        Assert.Equal(Math.Min(members, topic.Partitions), group.Members.Count(static member => member.Partitions.Count > 0));
        Assert.All(group.Members, static member => Assert.Null(member.Failure));
    }

    [Theory]
    [InlineData(PartitionAssignmentStrategy.Range)]
    [InlineData(PartitionAssignmentStrategy.RoundRobin)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky)]
    public async Task Partitions_change_hands_without_a_record_read_twice(PartitionAssignmentStrategy strategy)
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "hand-over");
        using var group = new MemberSet();
        GroupMember first = group.Add(Member(topic, Configure));
        await topic.SendAsync(120);
        await Limits.UntilAsync("the first one reads", () => first.Read.Count > 0);

        GroupMember second = group.Add(Member(topic, Configure));
        await Limits.UntilAsync("both have their share", () => first.Partitions.Count == 6 && second.Partitions.Count == 6);
        await topic.SendAsync(120);
        await topic.UntilAllReadAsync(() => group.ReadValues);
        first.Dispose();
        await Limits.UntilAsync("the second one has them all", () => second.Partitions.Count == 12);
        await topic.SendAsync(120);

        await topic.UntilAllReadAsync(() => group.ReadValues);
        Assert.Equal(topic.Values, group.ReadValues.Order());

        void Configure(ConsumerConfig config) => config.PartitionAssignmentStrategy = strategy;
    }

    [Fact]
    public async Task A_cooperative_newcomer_takes_only_its_share_away()
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "cooperative");
        using var group = new MemberSet();
        GroupMember first = group.Add(Cooperative());
        await Limits.UntilAsync("the first one has all", () => first.Partitions.Count == 12);
        GroupMember second = group.Add(Cooperative());
        await topic.SendAsync(60);

        await Limits.UntilAsync("both have their share", () => group.Share(12) && second.Partitions.Count == 6);
        await topic.SendAsync(60);

        await topic.UntilAllReadAsync(() => group.ReadValues);
        Assert.Null(first.Failure);

        GroupMember Cooperative() => Member(topic, static config => config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky);
    }

    [Fact]
    public async Task What_is_committed_by_itself_is_not_read_again()
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "auto-commit");
        await topic.SendAsync(60);
        using var group = new MemberSet();
        GroupMember first = group.Add(AutoCommitting());
        await topic.UntilAllReadAsync(() => group.ReadValues);
        first.Dispose();

        group.Add(AutoCommitting());
        await topic.SendAsync(60);

        await topic.UntilAllReadAsync(() => group.ReadValues);
        Assert.Equal(topic.Values, group.ReadValues.Order());

        GroupMember AutoCommitting() => new(
            broker.Address, topic.Name, topic.Name, static config => config.EnableAutoCommit = true, commitsEach: false);
    }

    [Fact]
    public async Task A_static_member_comes_back_to_its_partitions_and_the_others_notice_nothing()
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "static");
        using var group = new MemberSet();
        GroupMember stays = group.Add(Static("a"));
        GroupMember goes = group.Add(Static("b"));
        await Limits.UntilAsync("both have their share", () => group.Share(12) && goes.Partitions.Count == 6);
        int assignments = stays.Assignments;
        int[] before = [.. goes.Partitions];
        goes.Stop();
        await topic.SendAsync(120);

        GroupMember back = group.Add(Static("b"));
        await Limits.UntilAsync("it is back", () => back.Partitions.Count == 6);

        await topic.UntilAllReadAsync(() => group.ReadValues);
        Assert.Equal(before.Order(), back.Partitions.Order());
        Assert.Equal(assignments, stays.Assignments);
        Assert.Equal(topic.Values, group.ReadValues.Order());

        GroupMember Static(string instance) => Member(topic, config => (config.GroupInstanceId, config.SessionTimeoutMs) = (instance, 10_000));
    }

    [Fact]
    public async Task Of_two_members_with_one_instance_id_the_older_is_fenced()
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "fenced");
        using var group = new MemberSet();
        GroupMember older = group.Add(Member(topic, static config => config.GroupInstanceId = "same"));
        await Limits.UntilAsync("the older one has all", () => older.Partitions.Count == 12);

        GroupMember newer = group.Add(Member(topic, static config => config.GroupInstanceId = "same"));

        await Limits.UntilAsync("the older one is told", () => older.Failure is not null);
        await Limits.UntilAsync("the newer one has all", () => newer.Partitions.Count == 12);
        Assert.Contains("fenced", older.Failure!.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Null(newer.Failure);
    }

    [Fact]
    public async Task A_new_topic_that_matches_a_pattern_is_read_too()
    {
        using GroupTopic first = await GroupTopic.CreateAsync(broker.Address, "matching", 2);
        using var group = new MemberSet();
        group.Add(new GroupMember(broker.Address, first.Name, "^matching-.*"));
        group.Add(new GroupMember(broker.Address, first.Name, "^matching-.*"));
        await first.SendAsync(10);
        await first.UntilAllReadAsync(() => Of(first));

        using GroupTopic second = await GroupTopic.CreateAsync(broker.Address, "matching", 2);
        await second.SendAsync(10);

        await second.UntilAllReadAsync(() => Of(second));
        Assert.Equal(second.Values, Of(second).Order());

        IEnumerable<string> Of(GroupTopic topic) => group.Members.SelectMany(static member => member.Read)
            .Where(record => record.Topic == topic.Name).Select(static record => record.Message.Value);
    }

    private GroupMember Member(GroupTopic topic, Action<ConsumerConfig>? configure = null) =>
        new(broker.Address, topic.Name, topic.Name, configure);
}
