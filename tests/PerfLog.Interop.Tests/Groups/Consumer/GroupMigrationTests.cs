using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace PerfLog.Interop.Groups;

/// <summary>A fleet is taken from one group protocol to the other, one member after the other, while records come.</summary>
[Collection(ConsumerGroupBrokerTests.Name)]
public sealed class GroupMigrationTests(ConsumerGroupBroker broker)
{
    private const int Fleet = 3;

    [Theory]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky)]
    [InlineData(PartitionAssignmentStrategy.Range)]
    public async Task A_rolling_upgrade_and_back_skips_no_record(PartitionAssignmentStrategy strategy)
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, $"rolling-{strategy}");
        using var group = new MemberSet();
        var fleet = new List<GroupMember>();
        for (int member = 0; member < Fleet; member++) fleet.Add(group.Add(Classic(topic, strategy)));
        await SharedAsync("the classic members share");
        await topic.SendAsync(60);

        for (int member = 0; member < Fleet; member++) await ReplaceAsync(member, () => Newer(topic));
        Assert.Equal("consumer", await TypeAsync(topic.Name));
        for (int member = 0; member < Fleet; member++) await ReplaceAsync(member, () => Classic(topic, strategy));
        Assert.Equal("classic", await TypeAsync(topic.Name));

        await topic.UntilAllReadAsync(() => group.ReadValues);
        Assert.All(fleet, static member => Assert.Null(member.Failure));

        async Task ReplaceAsync(int place, Func<GroupMember> start)
        {
            fleet[place].Dispose();
            await topic.SendAsync(60);
            fleet[place] = group.Add(start());
            await SharedAsync($"member {place} was replaced");
            await topic.SendAsync(60);
            await topic.UntilAllReadAsync(() => group.ReadValues);
        }

        Task SharedAsync(string what) => Limits.UntilAsync(what, () => group.Share(topic.Partitions, [.. fleet]));
    }

    private async Task<string> TypeAsync(string group)
    {
        using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).Build();
        ListConsumerGroupsResult listed = await admin.ListConsumerGroupsAsync();
        return listed.Valid.Single(one => one.GroupId == group).Type.ToString().ToLowerInvariant();
    }

    private GroupMember Classic(GroupTopic topic, PartitionAssignmentStrategy strategy) =>
        new(broker.Address, topic.Name, topic.Name, config => config.PartitionAssignmentStrategy = strategy);

    private GroupMember Newer(GroupTopic topic) => new(broker.Address, topic.Name, topic.Name, static config =>
    {
        config.GroupProtocol = GroupProtocol.Consumer;
        config.SessionTimeoutMs = null;
        config.HeartbeatIntervalMs = null;
    });
}
