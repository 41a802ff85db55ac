using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>Chooses the brokers that hold new partitions. All methods are pure.</summary>
public static class ReplicaAssignment
{
    /// <summary>
    /// Spreads partitions evenly: leaders go around the brokers, and the followers of a leader stand at a distance that
    /// grows by one with each round, so that the load of a broker that fails falls on all others.
    /// </summary>
    /// <param name="brokers">The live ones, in the order to go around.</param>
    /// <param name="replicationFactor">Replicas of each partition; at most as many as there are brokers.</param>
    /// <param name="firstPartition">The first new partition's number; above 0 when partitions are added.</param>
    /// <param name="partitions">How many new ones.</param>
    /// <param name="firstLeader">The place in <paramref name="brokers"/> that leads partition 0.</param>
    /// <param name="firstDistance">How far the first follower of partition 0 stands from its leader, less one.</param>
    public static ImmutableArray<ImmutableArray<BrokerId>> Spread(
        IReadOnlyList<BrokerId> brokers,
        int replicationFactor,
        int firstPartition,
        int partitions,
        int firstLeader,
        int firstDistance)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(replicationFactor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replicationFactor, brokers.Count);
        var assignment = ImmutableArray.CreateBuilder<ImmutableArray<BrokerId>>(partitions);
        for (int partition = firstPartition; partition < firstPartition + partitions; partition++)
        {
            int leader = (partition + firstLeader) % brokers.Count;
            int distance = firstDistance + (partition / brokers.Count);
            assignment.Add(ReplicasOf(brokers, replicationFactor, leader, distance));
        }

        return assignment.MoveToImmutable();
    }

    private static ImmutableArray<BrokerId> ReplicasOf(
        IReadOnlyList<BrokerId> brokers, int replicationFactor, int leader, int distance)
    {
        var replicas = ImmutableArray.CreateBuilder<BrokerId>(replicationFactor);
        replicas.Add(brokers[leader]);
        for (int follower = 0; follower < replicationFactor - 1; follower++)
        {
            int step = 1 + ((distance + follower) % (brokers.Count - 1));
            replicas.Add(brokers[(leader + step) % brokers.Count]);
        }

        return replicas.MoveToImmutable();
    }
}
