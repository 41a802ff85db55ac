using FsCheck.Xunit;
using PerfLog.Client.Consuming;

namespace PerfLog.Client.Tests.Consuming;

/// <summary>What every assignor must keep to, for any members and topics.</summary>
public sealed class PartitionAssignorsTests
{
    private static readonly IPartitionAssignor[] All =
        [PartitionAssignors.Range, PartitionAssignors.RoundRobin, PartitionAssignors.Sticky, PartitionAssignors.CooperativeSticky];

    [Property(MaxTest = 200)]
    public void Each_partition_of_a_subscribed_topic_goes_to_exactly_one_of_its_subscribers(byte[] memberTopics, byte a, byte b)
    {
        GroupMemberSubscription[] members = [.. memberTopics.Take(7).Select(static (topics, index) => Member($"m{index}", Topics(topics)))];
        Dictionary<string, int> partitions = new() { ["a"] = a % 9, ["b"] = b % 9 };
        foreach (IPartitionAssignor assignor in All)
        {
            var assigned = assignor.Assign(members, partitions);

            TopicPartition[] expected = [.. partitions.Where(topic => members.Any(member => member.Topics.Contains(topic.Key)))
                .SelectMany(static topic => Enumerable.Range(0, topic.Value).Select(partition => new TopicPartition(topic.Key, partition)))];
            Assert.Equal(expected.OrderBy(static partition => $"{partition}"), assigned.Values.SelectMany(static list => list).OrderBy(static partition => $"{partition}"));
            Assert.All(members, member => Assert.All(assigned[member.Id], partition => Assert.Contains(partition.Topic, member.Topics)));
        }
    }

    [Property(MaxTest = 200)]
    public void Equal_members_differ_by_one_partition_at_most(byte count, byte partitionCount)
    {
        GroupMemberSubscription[] members = [.. Enumerable.Range(0, (count % 8) + 1).Select(static index => Member($"m{index}", ["a"]))];
        foreach (IPartitionAssignor assignor in All)
        {
            int[] shares = [.. assignor.Assign(members, new Dictionary<string, int> { ["a"] = partitionCount % 40 }).Values.Select(static list => list.Count)];

            Assert.InRange(shares.Max() - shares.Min(), 0, 1);
        }
    }

    [Property(MaxTest = 200)]
    public void The_sticky_one_takes_no_more_away_than_a_newcomer_gets(byte count, byte partitionCount)
    {
        Dictionary<string, int> partitions = new() { ["a"] = partitionCount % 40 };
        GroupMemberSubscription[] members = [.. Enumerable.Range(0, (count % 8) + 1).Select(static index => Member($"m{index}", ["a"]))];
        var before = PartitionAssignors.Sticky.Assign(members, partitions);
        GroupMemberSubscription[] grown =
            [.. members.Select(member => member with { Owned = before[member.Id], Generation = 1 }), Member("new", ["a"])];

        var after = PartitionAssignors.Sticky.Assign(grown, partitions);

        Assert.Equal(after["new"].Count, members.Sum(member => before[member.Id].Except(after[member.Id]).Count()));
    }

    [Fact]
    public void The_cooperative_one_holds_back_what_another_still_has()
    {
        TopicPartition[] owned = [new("a", 0), new("a", 1)];
        GroupMemberSubscription[] members = [Member("old", ["a"]) with { Owned = owned, Generation = 3 }, Member("new", ["a"])];

        var assigned = PartitionAssignors.CooperativeSticky.Assign(members, new Dictionary<string, int> { ["a"] = 2 });

        Assert.Single(assigned["old"]);
        Assert.Empty(assigned["new"]);
    }

    private static string[] Topics(byte bits) => [.. new[] { "a", "b" }.Where((_, index) => (bits & (1 << index)) != 0)];

    private static GroupMemberSubscription Member(string id, string[] topics) => new(id, null, topics, [], -1);
}
