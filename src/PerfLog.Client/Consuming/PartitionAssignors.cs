namespace PerfLog.Client.Consuming;

/// <summary>The assignors that there are.</summary>
public static class PartitionAssignors
{
    /// <summary>Topic by topic: each member a range of its partitions.</summary>
    public static IPartitionAssignor Range { get; } = new RangeAssignor();

    /// <summary>All partitions in turn.</summary>
    public static IPartitionAssignor RoundRobin { get; } = new RoundRobinAssignor();

    /// <summary>Even, and each member keeps what it had as far as that allows.</summary>
    public static IPartitionAssignor Sticky { get; } = new StickyAssignor(isCooperative: false);

    /// <summary>As <see cref="Sticky"/>, and members go on with what they keep while the rest moves.</summary>
    public static IPartitionAssignor CooperativeSticky { get; } = new StickyAssignor(isCooperative: true);
}

/// <summary>
/// For each topic: members in order of their names, partitions in order of their numbers, each member a run of them; the
/// first members get one more where it does not divide.
/// </summary>
internal sealed class RangeAssignor : IPartitionAssignor
{
    public string Name => "range";

    public bool IsCooperative => false;

    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(
        IReadOnlyList<GroupMemberSubscription> members, IReadOnlyDictionary<string, int> partitions)
    {
        Dictionary<string, List<TopicPartition>> assigned = members.ToDictionary(static member => member.Id, static _ => new List<TopicPartition>());
        foreach (var (topic, count) in partitions.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            GroupMemberSubscription[] subscribers = MemberOrder.Subscribers(members, topic);
            for (int index = 0, next = 0; index < subscribers.Length; index++)
            {
                int share = (count / subscribers.Length) + (index < count % subscribers.Length ? 1 : 0);
                for (; share > 0; share--) assigned[subscribers[index].Id].Add(new TopicPartition(topic, next++));
            }
        }

        return assigned.ToDictionary(static entry => entry.Key, static entry => (IReadOnlyList<TopicPartition>)entry.Value);
    }
}

/// <summary>All partitions of all topics in order, to the members in turn, passing over those that did not subscribe.</summary>
internal sealed class RoundRobinAssignor : IPartitionAssignor
{
    public string Name => "roundrobin";

    public bool IsCooperative => false;

    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(
        IReadOnlyList<GroupMemberSubscription> members, IReadOnlyDictionary<string, int> partitions)
    {
        GroupMemberSubscription[] ordered = MemberOrder.Sorted(members);
        Dictionary<string, List<TopicPartition>> assigned = members.ToDictionary(static member => member.Id, static _ => new List<TopicPartition>());
        int turn = 0;
        foreach (var (topic, count) in partitions.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            if (!ordered.Any(member => member.Topics.Contains(topic))) continue;
            for (int partition = 0; partition < count; partition++)
            {
                while (!ordered[turn % ordered.Length].Topics.Contains(topic)) turn++;
                assigned[ordered[turn++ % ordered.Length].Id].Add(new TopicPartition(topic, partition));
            }
        }

        return assigned.ToDictionary(static entry => entry.Key, static entry => (IReadOnlyList<TopicPartition>)entry.Value);
    }
}

/// <summary>The order of members: those with lasting names first, by these; then the others by their ids.</summary>
internal static class MemberOrder
{
    public static GroupMemberSubscription[] Sorted(IEnumerable<GroupMemberSubscription> members) =>
        [.. members
            .OrderBy(static member => member.InstanceId is null)
            .ThenBy(static member => member.InstanceId ?? member.Id, StringComparer.Ordinal)];

    public static GroupMemberSubscription[] Subscribers(IEnumerable<GroupMemberSubscription> members, string topic) =>
        Sorted(members.Where(member => member.Topics.Contains(topic)));
}
