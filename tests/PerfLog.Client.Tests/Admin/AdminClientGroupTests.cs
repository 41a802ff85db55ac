using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Admin;

/// <summary>What the client does for groups, against a whole broker in this process.</summary>
public sealed class AdminClientGroupTests : IAsyncLifetime
{
    private EmbeddedBroker _broker = null!;
    private AdminClient _client = null!;

    public async Task InitializeAsync()
    {
        _broker = await EmbeddedBroker.StartAsync();
        _client = AdminClient.Create(new AdminClientOptions { BootstrapServers = _broker.BootstrapServers });
        await _client.CreateTopicAsync(new NewTopic("orders", Partitions: 3));
        await _client.CreateTopicAsync(new NewTopic("bills"));
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task What_is_set_for_a_group_is_told_in_order_until_it_is_deleted()
    {
        (await _client.AlterGroupOffsetsAsync("g", [At("orders", 2, 0), At("bills", 0, 0), At("orders", 1, 0)])).ThrowIfAnyFailed();

        Assert.Equal(["bills-0", "orders-1", "orders-2"], await OffsetsAsync("g"));
        await _client.DeleteGroupOffsetsAsync("g", [new("orders", 1)]);
        Assert.Equal(["bills-0", "orders-2"], await OffsetsAsync("g"));
        await _client.DeleteGroupAsync("g");
        Assert.Empty(await OffsetsAsync("g"));
    }

    [Fact]
    public async Task A_group_that_only_has_offsets_is_listed_and_described_without_members()
    {
        await _client.AlterGroupOffsetsAsync("b", [At("orders", 0, 0)]);
        await _client.AlterGroupOffsetsAsync("a", [At("orders", 0, 0)]);

        Assert.Equal(["a", "b"], (await _client.ListGroupsAsync()).Select(static group => group.GroupId));
        GroupDescription described = await _client.DescribeGroupAsync("a");
        Assert.Equal(("a", "Empty", 0), (described.GroupId, described.State, described.Members.Count));
        Assert.Null(described.LastRebalance);
    }

    [Fact]
    public async Task An_unknown_group_or_topic_is_named_in_the_refusal()
    {
        foreach (Func<Task> call in new Func<Task>[] { () => _client.DescribeGroupAsync("none"), () => _client.DeleteGroupAsync("none") })
        {
            AdminException refused = await Assert.ThrowsAsync<AdminException>(call);
            Assert.Equal(ErrorCode.GroupIdNotFound, refused.Error);
            Assert.Contains("none", refused.Message);
        }

        AdminResults<TopicPartition, None> set = await _client.AlterGroupOffsetsAsync("g", [At("no-such", 0, 0), At("orders", 0, 0)]);
        Assert.Null(set[new("orders", 0)].Failure);
        AdminException unknown = Assert.Throws<AdminException>(set.ThrowIfAnyFailed);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, unknown.Error);
        Assert.Contains("no-such", unknown.Message);
    }

    [Fact]
    public async Task The_time_at_the_end_of_a_partition_is_none() =>
        Assert.Equal(TimestampMs.None, await _client.FindTimeAsync(new("orders", 0), Offset.Zero));

    private static GroupOffset At(string topic, int partition, long offset) => new(new TopicPartition(topic, partition), new Offset(offset));

    private async Task<IEnumerable<string>> OffsetsAsync(string group) =>
        (await _client.ListGroupOffsetsAsync(group)).Select(static offset => offset.Partition.ToString());
}
