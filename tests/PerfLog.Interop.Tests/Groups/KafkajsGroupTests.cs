namespace PerfLog.Interop.Groups;

[Collection(GroupBrokerTests.Name)]
public sealed class KafkajsGroupTests(GroupBroker broker)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Its_members_read_every_record_and_go_on_where_they_stopped(int members)
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "kafkajs");
        await topic.SendAsync(120);
        string[] first = await RunAsync(topic, members, 120);
        await topic.SendAsync(60);
        string[] second = await RunAsync(topic, members, 60);

        Assert.Equal($"group Stable RoundRobinAssigner {members}", first[^1]);
        Assert.Equal(topic.Values, first.SkipLast(1).Concat(second.SkipLast(1)).Select(static line => line.Split(' ')[3]).Order());
    }

    private async Task<string[]> RunAsync(GroupTopic topic, int members, int count) =>
        (await ForeignProgram.NodeAsync("group.js", broker.Address, topic.Name, topic.Name, $"{members}", $"{count}")).ShouldSucceed().Lines;
}
