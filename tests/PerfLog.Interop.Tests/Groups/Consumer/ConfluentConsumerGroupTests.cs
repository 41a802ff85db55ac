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
        await Limits.UntilAsync("every partition has one member", () => group.Share(Partitions));

        await SendAsync(topic, 300);

        await Limits.UntilAsync("every record is read", () => group.ReadValues.Count >= 300);
        Assert.Equal(Enumerable.Range(0, 300).Select(static number => $"{number}").Order(), group.ReadValues.Order());
        Assert.Equal(Math.Min(members, Partitions), group.Members.Count(static member => member.Partitions.Count > 0));
        Assert.All(group.Members, static member => Assert.Null(member.Failure));
    }

    private async Task<string> NewTopicAsync(string name, int partitions = Partitions)
    {
        string topic = SharedBroker.NewTopicName(name);
        await Clients.CreateTopicAsync(broker.Address, topic, partitions);
        return topic;
    }

    private GroupMember NewMember(string group, string subscription, Action<ConsumerConfig>? configure = null) =>
        new(broker.Address, group, subscription, config =>
        {
            config.GroupProtocol = GroupProtocol.Consumer;

            // The broker decides these.
            config.SessionTimeoutMs = null;
            config.HeartbeatIntervalMs = null;
            configure?.Invoke(config);
        });

    private async Task SendAsync(string topic, int count, int first = 0)
    {
        using IProducer<string?, string> producer = Clients.Producer(broker.Address);
        Task[] sends = [.. Enumerable.Range(first, count).Select(number =>
            producer.ProduceAsync(new Confluent.Kafka.TopicPartition(topic, number % Partitions), new() { Value = $"{number}" }))];
        await Limits.WithinAsync($"{count} records sent to {topic}", Clients.Done(Task.WhenAll(sends)));
    }
}
