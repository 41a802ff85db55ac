using Confluent.Kafka;

namespace PerfLog.Interop.Groups;

/// <summary>Groups whose partitions the broker assigns, with a foreign client's members.</summary>
[Collection(ConsumerGroupBrokerTests.Name)]
public sealed class ConfluentConsumerGroupTests(ConsumerGroupBroker broker)
{
    private const int Partitions = 12;

    [Theory]
    [InlineData("uniform", 1)]
    [InlineData("uniform", 2)]
    [InlineData("range", 5)]
    [InlineData(null, 14)]
    public async Task Members_share_the_partitions_and_read_every_record_once(string? assignor, int members)
    {
        string topic = await NewTopicAsync($"served-{assignor}-{members}");
        using var group = new MemberSet();
        for (int member = 0; member < members; member++) group.Add(NewMember(topic, topic, config => config.GroupRemoteAssignor = assignor));

        // Those who come first have all partitions for a moment.
        int share = Partitions / members;
        await Limits.UntilAsync(
            "every partition has one member and every member its share",
            () => group.Share(Partitions) && group.Members.All(member => member.Partitions.Count - share is 0 or 1));

        await SendAsync(topic, 300);

        await Limits.UntilAsync("every record is read", () => group.ReadValues.Count >= 300);
        Assert.Equal(Enumerable.Range(0, 300).Select(static number => $"{number}").Order(), group.ReadValues.Order());
        Assert.All(group.Members, static member => Assert.Null(member.Failure));
    }

    [Fact]
    public async Task Who_comes_and_goes_moves_partitions_and_no_record_is_missed()
    {
        string topic = await NewTopicAsync("moved");
        using var group = new MemberSet();
        GroupMember stays = group.Add(NewMember(topic, topic));
        await Limits.UntilAsync("the first member has all", () => group.Share(Partitions, stays));
        await SendAsync(topic, 120);
        GroupMember leaves = group.Add(NewMember(topic, topic));
        await Limits.UntilAsync("two members share", () => group.Share(Partitions) && leaves.Partitions.Count == Partitions / 2);
        await SendAsync(topic, 120, first: 120);
        await Limits.UntilAsync("the second member reads", () => leaves.Read.Count > 0);
        leaves.Dispose();
        await SendAsync(topic, 60, first: 240);

        await Limits.UntilAsync("one member has all again", () => group.Share(Partitions, stays));
        await Limits.UntilAsync("every record is read", () => group.ReadValues.Distinct().Count() >= 300);
    }

    [Fact]
    public async Task A_killed_member_is_missed_and_its_partitions_are_read_on()
    {
        string topic = await NewTopicAsync("killed");
        using var group = new MemberSet();
        GroupMember survivor = group.Add(NewMember(topic, topic));
        using var killed = new MemberProcess(broker.Address, topic, topic);
        await Limits.UntilAsync("two members share", () => survivor.Partitions.Count == Partitions / 2 && killed.Partitions.Count == Partitions / 2);
        Assert.Empty(survivor.Partitions.Intersect(killed.Partitions));
        await SendAsync(topic, 120);
        await Limits.UntilAsync("the second member reads", () => killed.ReadValues.Count > 0);

        killed.Kill();
        await SendAsync(topic, 120, first: 120);

        await Limits.UntilAsync("the survivor has all", () => group.Share(Partitions, survivor));
        await Limits.UntilAsync("every record is read", () => group.ReadValues.Union(killed.ReadValues).Count() >= 240);
    }

    [Fact]
    public async Task A_member_that_stood_still_too_long_is_fenced_and_joins_again()
    {
        string topic = await NewTopicAsync("stopped");
        using var group = new MemberSet();
        GroupMember awake = group.Add(NewMember(topic, topic));
        using var stopped = new MemberProcess(broker.Address, topic, topic);
        await Limits.UntilAsync("two members share", () => awake.Partitions.Count == Partitions / 2 && stopped.Partitions.Count == Partitions / 2);

        stopped.Pause();
        await Limits.UntilAsync("the other has all", () => awake.Partitions.Count == Partitions);
        await SendAsync(topic, 120);
        await Limits.UntilAsync("the other has read all", () => group.ReadValues.Distinct().Count() >= 120);
        stopped.Continue();

        await Limits.UntilAsync("they share again", () => awake.Partitions.Count == Partitions / 2 && stopped.Partitions.Count == Partitions / 2);
        Assert.Empty(awake.Partitions.Intersect(stopped.Partitions));
        await SendAsync(topic, 120, first: 120);
        await Limits.UntilAsync("every record is read", () => group.ReadValues.Union(stopped.ReadValues).Count() >= 240);
        Assert.NotEmpty(stopped.ReadValues);
    }

    [Fact]
    public async Task A_regular_expression_takes_in_topics_that_come_later()
    {
        string first = await NewTopicAsync("pattern");
        using var group = new MemberSet();
        group.Add(NewMember(first, $"^{first}.*"));
        group.Add(NewMember(first, $"^{first}.*"));
        await SendAsync(first, 60);
        await Limits.UntilAsync("the first topic is read", () => group.ReadValues.Distinct().Count() >= 60);

        string second = $"{first}-later";
        await Clients.CreateTopicAsync(broker.Address, second, Partitions);
        await SendAsync(second, 60, first: 60);

        await Limits.UntilAsync("the second topic is read", () => group.ReadValues.Distinct().Count() >= 120);
        Assert.All(group.Members, static member => Assert.Null(member.Failure));
    }

    [Fact]
    public async Task A_static_member_that_is_started_again_finds_its_partitions_and_disturbs_nobody()
    {
        string topic = await NewTopicAsync("static");
        using var group = new MemberSet();
        GroupMember other = group.Add(NewMember(topic, topic, static config => config.GroupInstanceId = "one"));
        GroupMember restarted = group.Add(NewMember(topic, topic, static config => config.GroupInstanceId = "two"));
        await Limits.UntilAsync("two members share", () => group.Share(Partitions) && restarted.Partitions.Count == Partitions / 2);
        HashSet<int> before = [.. restarted.Partitions];
        int disturbances = other.Assignments;
        restarted.Dispose();

        GroupMember again = group.Add(NewMember(topic, topic, static config => config.GroupInstanceId = "two"));

        await Limits.UntilAsync("it has partitions again", () => again.Partitions.Count == Partitions / 2);
        Assert.Equal(before.Order(), again.Partitions.Order());
        Assert.Equal(disturbances, other.Assignments);
        Assert.Equal(Partitions / 2, other.Partitions.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Members_go_on_when_their_broker_was_started_again(bool isKilled)
    {
        using var folder = new TemporaryFolder();
        BrokerProcess first = await BrokerProcess.StartAsync(folder.Path, 0, ConsumerGroupBroker.Settings);
        await using BrokerProcess toEnd = first;
        string address = first.Address, topic = SharedBroker.NewTopicName("again");
        await Clients.CreateTopicAsync(address, topic, Partitions);
        using var group = new MemberSet();
        foreach (int _ in Enumerable.Range(0, 2)) group.Add(NewMember(topic, topic, address: address));
        await SendAsync(topic, 120, address: address);
        await Limits.UntilAsync("the first half is read", () => group.Share(Partitions) && group.ReadValues.Distinct().Count() >= 120);
        int[] assignments = [.. group.Members.Select(static member => member.Assignments)];

        if (isKilled) await first.KillAsync();
        else await first.TerminateAsync();
        await using BrokerProcess second = await BrokerProcess.StartAsync(folder.Path, first.Port, ConsumerGroupBroker.Settings);
        await SendAsync(topic, 120, first: 120, address: address);

        await Limits.UntilAsync("the second half is read", () => group.ReadValues.Distinct().Count() >= 240);
        Assert.Equal(assignments, group.Members.Select(static member => member.Assignments));
        Assert.True(group.Share(Partitions));
    }

    private async Task<string> NewTopicAsync(string name, int partitions = Partitions)
    {
        string topic = SharedBroker.NewTopicName(name);
        await Clients.CreateTopicAsync(broker.Address, topic, partitions);
        return topic;
    }

    private GroupMember NewMember(string group, string subscription, Action<ConsumerConfig>? configure = null, string? address = null) =>
        new(address ?? broker.Address, group, subscription, config =>
        {
            config.GroupProtocol = GroupProtocol.Consumer;

            // The broker decides these.
            config.SessionTimeoutMs = null;
            config.HeartbeatIntervalMs = null;

            // A broker that is down on purpose is no news.
            config.Set("log_level", "2");
            configure?.Invoke(config);
        });

    private async Task SendAsync(string topic, int count, int first = 0, string? address = null)
    {
        using IProducer<string?, string> producer = Clients.Producer(address ?? broker.Address);
        Task[] sends = [.. Enumerable.Range(first, count).Select(number =>
            producer.ProduceAsync(new Confluent.Kafka.TopicPartition(topic, number % Partitions), new() { Value = $"{number}" }))];
        await Limits.WithinAsync($"{count} records sent to {topic}", Clients.Done(Task.WhenAll(sends)));
    }
}
