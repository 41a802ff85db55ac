using System.Collections.Immutable;
using System.Globalization;

namespace PerfLog.Metadata;

/// <summary>A topic's id and replicas, as its znode has them. All methods are pure.</summary>
internal static class TopicAssignment
{
    public static byte[] Write(Uuid id, IEnumerable<PartitionImage> partitions)
    {
        var replicas = new Dictionary<string, int[]>();
        var adding = new Dictionary<string, int[]>();
        var removing = new Dictionary<string, int[]>();
        foreach (PartitionImage partition in partitions)
        {
            string number = partition.Partition.ToString(CultureInfo.InvariantCulture);
            replicas[number] = Numbers(partition.Replicas);
            if (!partition.AddingReplicas.IsEmpty) adding[number] = Numbers(partition.AddingReplicas);
            if (!partition.RemovingReplicas.IsEmpty) removing[number] = Numbers(partition.RemovingReplicas);
        }

        var body = new TopicBody(replicas, id.ToString(), adding, removing);
        return ZnodeJson.Write(body, ZnodeBodies.Default.TopicBody);
    }

    /// <summary>The topic with its partitions' replicas; leaders and config stand in other nodes.</summary>
    public static TopicImage Read(string name, string path, Znode node)
    {
        TopicBody body = ZnodeJson.Read(path, node.Data, ZnodeBodies.Default.TopicBody);
        if (!Uuid.TryParse(body.TopicId, out Uuid id))
            throw new CorruptMetadataException($"{path} has no valid topic_id but \"{body.TopicId}\".");
        var partitions = ImmutableArray.CreateBuilder<PartitionImage>(body.Partitions.Count);
        for (int partition = 0; partition < body.Partitions.Count; partition++)
            partitions.Add(ReadPartition(body, path, partition));
        return new TopicImage
        {
            Name = name,
            Id = id,
            Partitions = partitions.MoveToImmutable(),
            AssignmentZxid = node.Stat.Modified,
        };
    }

    private static PartitionImage ReadPartition(TopicBody body, string path, int partition)
    {
        string number = partition.ToString(CultureInfo.InvariantCulture);
        if (!body.Partitions.TryGetValue(number, out int[]? replicas))
            throw new CorruptMetadataException($"{path} has {body.Partitions.Count} partitions, but no partition {number}.");
        return new PartitionImage
        {
            Partition = partition,
            Replicas = Brokers(replicas),
            AddingReplicas = Brokers(body.AddingReplicas?.GetValueOrDefault(number)),
            RemovingReplicas = Brokers(body.RemovingReplicas?.GetValueOrDefault(number)),
        };
    }

    private static int[] Numbers(ImmutableArray<BrokerId> brokers) => [.. brokers.Select(static broker => broker.Value)];

    private static ImmutableArray<BrokerId> Brokers(int[]? numbers) =>
        numbers is null ? [] : [.. numbers.Select(static number => new BrokerId(number))];
}
