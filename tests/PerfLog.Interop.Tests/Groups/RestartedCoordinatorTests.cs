namespace PerfLog.Interop.Groups;

public sealed class RestartedCoordinatorTests
{
    [Fact]
    public async Task A_group_goes_on_where_it_was_when_its_broker_was_killed_and_started_again()
    {
        using var folder = new TemporaryFolder();
        BrokerProcess broker = await BrokerProcess.StartAsync(folder.Path, 0, GroupBroker.Settings);
        try
        {
            using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "restarted");
            using var group = new MemberSet();
            for (int member = 0; member < 3; member++) group.Add(new GroupMember(broker.Address, topic.Name, topic.Name));
            await Limits.UntilAsync("every partition has one member", () => group.Share(12));
            await topic.SendAsync(120);
            await topic.UntilAllReadAsync(() => group.ReadValues);
            await Limits.UntilAsync("all is committed", () => Committed(broker.Address, topic) == 120);

            int port = broker.Port;
            await broker.KillAsync();
            broker = await BrokerProcess.StartAsync(folder.Path, port, GroupBroker.Settings);

            Assert.Equal(120, Committed(broker.Address, topic));
            await topic.SendAsync(120);
            await topic.UntilAllReadAsync(() => group.ReadValues);
            await Limits.UntilAsync("all is committed again", () => Committed(broker.Address, topic) == 240);
            Assert.All(group.Members, static member => Assert.Null(member.Failure));
        }
        finally
        {
            await broker.DisposeAsync();
        }
    }

    /// <summary>The committed offsets of all partitions together.</summary>
    private static long Committed(string address, GroupTopic topic)
    {
        using var reader = Clients.Consumer(address, config => config.GroupId = topic.Name);
        var all = Enumerable.Range(0, topic.Partitions).Select(partition => new Confluent.Kafka.TopicPartition(topic.Name, partition));
        return reader.Committed(all, Limits.Operation).Sum(static place => Math.Max(0, place.Offset.Value));
    }
}
