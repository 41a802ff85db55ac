namespace PerfLog.Client.Consuming;

/// <summary>A member of a group, as the member that assigns sees it.</summary>
/// <param name="Id">The coordinator's name for it.</param>
/// <param name="InstanceId">Its own lasting name; null when it has none.</param>
/// <param name="Topics">What it subscribed to.</param>
/// <param name="Owned">What it had in its last generation.</param>
/// <param name="Generation">That generation; -1 when it had none or did not say.</param>
public sealed record GroupMemberSubscription(
    string Id, string? InstanceId, IReadOnlyList<string> Topics, IReadOnlyList<TopicPartition> Owned, int Generation);

/// <summary>Divides the partitions of a group's topics among its members. The same input gives the same output.</summary>
public interface IPartitionAssignor
{
    /// <summary>The name by which members agree on it.</summary>
    string Name { get; }

    /// <summary>Whether members keep what they have until it is taken from them, instead of giving up all before each rebalance.</summary>
    bool IsCooperative { get; }

    /// <summary>Who gets what. Every partition of a subscribed topic goes to exactly one of its subscribers.</summary>
    /// <param name="members">The members.</param>
    /// <param name="partitions">How many partitions each topic has; topics that do not exist are missing.</param>
    IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(
        IReadOnlyList<GroupMemberSubscription> members, IReadOnlyDictionary<string, int> partitions);
}
