using Confluent.Kafka;

namespace PerfLog.Interop.Groups;

[Collection(GroupBrokerTests.Name)]
public sealed class ConfluentGroupTests(GroupBroker broker)
{
    private const int Partitions = 12;

    [Theory]
    [InlineData(PartitionAssignmentStrategy.Range, 1)]
    [InlineData(PartitionAssignmentStrategy.Range, 2)]
    [InlineData(PartitionAssignmentStrategy.RoundRobin, 5)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky, 1)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky, 5)]
    [InlineData(PartitionAssignmentStrategy.Range, 14)]
    public async Task Members_share_the_partitions_and_read_every_record_once(PartitionAssignmentStrategy strategy, int members)
    {
        string topic = SharedBroker.NewTopicName($"shared-{strategy}-{members}".ToLowerInvariant());
        await Clients.CreateTopicAsync(broker.Address, topic, Partitions);
        using var group = new MemberSet();
        for (int member = 0; member < members; member++)
            group.Add(new GroupMember(broker.Address, topic, topic, config => config.PartitionAssignmentStrategy = strategy));
        await Limits.UntilAsync("every partition has one member", () => group.Share(Partitions));

        await SendAsync(topic, 300);

        await Limits.UntilAsync("every record is read", () => group.ReadValues.Count >= 300);
        Assert.Equal(Enumerable.Range(0, 300).Select(static number => $"{number}").Order(), group.ReadValues.Order());
        int withPartitions = group.Members.Count(static member => member.Partitions.Count > 0);
        Assert.Equal(Math.Min(members, Partitions), withPartitions);
        Assert.All(group.Members, static member => Assert.Null(member.Failure));
    }

    private async Task SendAsync(string topic, int count)
    {
        using IProducer<string?, string> producer = Clients.Producer(broker.Address);
        Task[] sends = [.. Enumerable.Range(0, count).Select(number =>
            producer.ProduceAsync(new Confluent.Kafka.TopicPartition(topic, number % Partitions), new() { Value = $"{number}" }))];
        await Limits.WithinAsync($"{count} records sent to {topic}", Clients.Done(Task.WhenAll(sends)));
    }
}
