namespace PerfLog.Interop.Groups;

/// <summary>Groups of kafkajs, which brings round robin alone and knows no cooperative rebalance; range is one of our own.</summary>
[Collection(GroupBrokerTests.Name)]
public sealed class KafkajsGroupTests(GroupBroker broker)
{
    [Theory]
    [InlineData("roundrobin", 1)]
    [InlineData("roundrobin", 2)]
    [InlineData("roundrobin", 5)]
    [InlineData("roundrobin", 14)]
    [InlineData("range", 2)]
    [InlineData("range", 5)]
    public async Task Its_members_read_every_record_and_go_on_where_they_stopped(string assigner, int members)
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "kafkajs");
        await topic.SendAsync(120);
        string[] first = await RunAsync(topic, members, 120, assigner);
        await topic.SendAsync(60);
        string[] second = await RunAsync(topic, members, 60, assigner);

        Assert.Equal($"group Stable {(assigner == "range" ? "range" : "RoundRobinAssigner")} {members}", first[^1]);
        Assert.Equal(topic.Values, Read(first).Concat(Read(second)).Distinct().Order());
        Assert.Equal(members, Shares(first).Length);
        Assert.Equal(Enumerable.Range(0, topic.Partitions), Shares(first).SelectMany(static share => share).Order());
        Assert.Equal(Math.Min(members, topic.Partitions), Shares(first).Count(static share => share.Length > 0));

        // Alone a member is disturbed by nobody, so that nothing comes twice.
        if (members == 1) Assert.Equal(topic.Values, Read(first).Concat(Read(second)).Order());
    }

    private async Task<string[]> RunAsync(GroupTopic topic, int members, int count, string assigner) =>
        (await ForeignProgram.NodeAsync("group.js", broker.Address, topic.Name, topic.Name, $"{members}", $"{count}", assigner)).ShouldSucceed().Lines;

    private static IEnumerable<string> Read(string[] lines) =>
        lines.Where(static line => char.IsAsciiDigit(line[0])).Select(static line => line.Split(' ')[3]);

    private static int[][] Shares(string[] lines) =>
        [.. lines.Where(static line => line.StartsWith("assigned", StringComparison.Ordinal)).Select(static line =>
            line["assigned ".Length..].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray())];
}
