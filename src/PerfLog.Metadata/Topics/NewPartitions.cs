using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>Works out the partitions of a new or growing topic, or why they cannot be. Pure but for the random start.</summary>
internal sealed class NewPartitions(ClusterImage image, Random random)
{
    /// <summary>A topic's partitions; a change of one rewrites a znode with all their replicas.</summary>
    public const int PartitionsMax = 10_000;

    private readonly IReadOnlyList<BrokerId> _brokers = [.. image.Brokers.Keys];

    public CatalogResult<IReadOnlyList<PartitionImage>> Of(NewTopic topic) =>
        topic.Assignments is { } assignments
            ? Chosen(assignments, firstPartition: 0, assignments.Count, replicationFactor: null)
            : Spread(firstPartition: 0, topic.Partitions, topic.ReplicationFactor, random.Next(), random.Next());

    /// <summary>The partitions that bring a topic to <paramref name="count"/>.</summary>
    public CatalogResult<IReadOnlyList<PartitionImage>> Growing(
        TopicImage topic, int count, ImmutableSortedDictionary<int, ImmutableArray<BrokerId>>? assignments)
    {
        int present = topic.Partitions.Length;
        if (count <= present)
        {
            return Failed(
                ErrorCode.InvalidPartitions, $"The topic has {present} partitions already; it can only grow, not to {count}.");
        }

        int replicationFactor = topic.Partitions[0].Replicas.Length;
        if (assignments is not null) return Chosen(assignments, present, count - present, replicationFactor);

        // Going on where partition 0 began keeps the leaders evenly spread over old and new partitions.
        int start = Math.Max(0, _brokers.ToList().IndexOf(topic.Partitions[0].Replicas[0]));
        return Spread(present, count - present, replicationFactor, start, random.Next());
    }

    private CatalogResult<IReadOnlyList<PartitionImage>> Spread(
        int firstPartition, int partitions, int replicationFactor, int firstLeader, int firstDistance)
    {
        if (partitions < 1 || firstPartition + (long)partitions > PartitionsMax)
        {
            return Failed(
                ErrorCode.InvalidPartitions, $"A topic has 1 to {PartitionsMax} partitions, not {firstPartition + (long)partitions}.");
        }

        if (replicationFactor < 1 || replicationFactor > _brokers.Count)
        {
            return Failed(
                ErrorCode.InvalidReplicationFactor,
                $"The replication factor is {replicationFactor}; with {_brokers.Count} live brokers it is 1 to {_brokers.Count}.");
        }

        ImmutableArray<ImmutableArray<BrokerId>> assignment = ReplicaAssignment.Spread(
            _brokers,
            replicationFactor,
            firstPartition,
            partitions,
            firstLeader % _brokers.Count,
            firstDistance % _brokers.Count);
        return Build(assignment, firstPartition);
    }

    private CatalogResult<IReadOnlyList<PartitionImage>> Chosen(
        ImmutableSortedDictionary<int, ImmutableArray<BrokerId>> assignments,
        int firstPartition,
        int partitions,
        int? replicationFactor)
    {
        if (partitions < 1 || firstPartition + (long)partitions > PartitionsMax)
            return Failed(ErrorCode.InvalidPartitions, $"A topic has 1 to {PartitionsMax} partitions.");
        if (!assignments.Keys.SequenceEqual(Enumerable.Range(firstPartition, partitions)))
        {
            return Failed(
                ErrorCode.InvalidReplicaAssignment,
                $"Replicas are needed for each partition from {firstPartition} to {firstPartition + partitions - 1}, and no other.");
        }

        int expected = replicationFactor ?? assignments.Values.First().Length;
        foreach ((int partition, ImmutableArray<BrokerId> replicas) in assignments)
        {
            if (Problem(replicas, expected) is { } problem)
                return Failed(ErrorCode.InvalidReplicaAssignment, $"Partition {partition} {problem}.");
        }

        return Build([.. assignments.Values], firstPartition);
    }

    private string? Problem(ImmutableArray<BrokerId> replicas, int expected)
    {
        if (replicas.IsEmpty) return "has no replicas";
        if (replicas.Distinct().Count() != replicas.Length) return "has the same broker twice";
        if (replicas.Length != expected) return $"has {replicas.Length} replicas, others have {expected}";
        foreach (BrokerId broker in replicas)
        {
            if (!image.Brokers.ContainsKey(broker)) return $"has the replica {broker}, which is no live broker";
        }

        return null;
    }

    private CatalogResult<IReadOnlyList<PartitionImage>> Build(
        ImmutableArray<ImmutableArray<BrokerId>> assignment, int firstPartition)
    {
        var partitions = new List<PartitionImage>(assignment.Length);
        foreach (ImmutableArray<BrokerId> replicas in assignment)
        {
            partitions.Add(new PartitionImage
            {
                Partition = firstPartition + partitions.Count,
                Replicas = replicas,
                Isr = replicas,
                Leader = replicas[0],
                LeaderEpoch = new LeaderEpoch(0),
                ControllerEpoch = image.ControllerEpoch,
                PartitionEpoch = 0,
            });
        }

        return CatalogResult.Of<IReadOnlyList<PartitionImage>>(partitions);
    }

    private static CatalogResult<IReadOnlyList<PartitionImage>> Failed(ErrorCode error, string message) =>
        CatalogResult.Failed<IReadOnlyList<PartitionImage>>(error, message);
}
