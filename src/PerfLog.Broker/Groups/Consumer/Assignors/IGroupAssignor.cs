namespace PerfLog.Broker.Groups;

/// <summary>
/// Divides the partitions of a group's topics among its members. Pure: the same input gives the same targets. What a member
/// has been given before stays with it as far as the assignor's idea of evenness allows.
/// </summary>
internal interface IGroupAssignor
{
    /// <summary>The name that members ask for it by.</summary>
    string Name { get; }

    /// <returns>Each member's partitions, in the members' order.</returns>
    PartitionSet[] Assign(AssignmentInput input);
}

/// <summary>What is to be divided, and among whom.</summary>
/// <param name="Members">In the order of their ids, so that the outcome does not depend on who came first.</param>
/// <param name="PartitionCounts">The subscribed topics that exist.</param>
internal sealed record AssignmentInput(IReadOnlyList<AssignorMember> Members, IReadOnlyDictionary<Uuid, int> PartitionCounts)
{
    /// <summary>All partitions of these topics, sorted when the topics are.</summary>
    public TopicIdPartition[] PartitionsOf(IEnumerable<Uuid> topics) =>
        [.. topics.SelectMany(topic => Enumerable.Range(0, PartitionCounts[topic]).Select(number => new TopicIdPartition(topic, number)))];
}

/// <summary>A member as an assignor sees it.</summary>
/// <param name="Topics">Those that it subscribes to and that exist, sorted. Members of one subscription share the array.</param>
/// <param name="Current">What it was given the last time.</param>
internal sealed record AssignorMember(Uuid[] Topics, PartitionSet Current);
