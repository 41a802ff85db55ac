using System.Collections.Frozen;
using PerfLog.Client.Admin;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Cluster;

/// <summary>A broker as the cluster's metadata names it.</summary>
internal sealed record BrokerNode(BrokerId Id, BrokerAddress Address, string? Rack);

/// <summary>A partition's leader at the time of the snapshot; no broker when there is none.</summary>
internal readonly record struct PartitionSnapshot(BrokerId Leader, LeaderEpoch Epoch, ErrorCode Error)
{
    public static readonly PartitionSnapshot Unknown = new(BrokerId.None, LeaderEpoch.None, ErrorCode.LeaderNotAvailable);
}

/// <summary>A topic at the time of the snapshot. Partitions stand at their numbers.</summary>
internal sealed record TopicSnapshot(string Name, Uuid Id, ErrorCode Error, bool IsInternal, PartitionSnapshot[] Partitions);

/// <summary>What a client knows of its cluster. Immutable; replaced as a whole.</summary>
internal sealed class ClusterSnapshot
{
    public static readonly ClusterSnapshot Empty = new("", BrokerId.None, FrozenDictionary<int, BrokerNode>.Empty, []);

    private ClusterSnapshot(
        string clusterId, BrokerId controller, FrozenDictionary<int, BrokerNode> brokers, Dictionary<string, TopicSnapshot> topics)
    {
        (ClusterId, Controller, Brokers, Topics) = (clusterId, controller, brokers, topics);
    }

    public string ClusterId { get; }

    /// <summary>The broker that changes topics; none while there is no such broker.</summary>
    public BrokerId Controller { get; }

    public FrozenDictionary<int, BrokerNode> Brokers { get; }

    /// <summary>Topics by name, with those whose answer was an error.</summary>
    public IReadOnlyDictionary<string, TopicSnapshot> Topics { get; }

    /// <summary>The name of a topic that is known; null for others. Looks through all of them.</summary>
    public string? NameOf(Uuid id)
    {
        foreach (TopicSnapshot topic in Topics.Values)
        {
            if (topic.Id == id && topic.Error == ErrorCode.None) return topic.Name;
        }

        return null;
    }

    /// <summary>The leader of a partition, or <see cref="PartitionSnapshot.Unknown"/>.</summary>
    public PartitionSnapshot PartitionOf(TopicPartition partition) =>
        Topics.TryGetValue(partition.Topic, out TopicSnapshot? topic) && (uint)partition.Partition < (uint)topic.Partitions.Length
            ? topic.Partitions[partition.Partition]
            : PartitionSnapshot.Unknown;

    /// <summary>The snapshot after an answer. Of a partition's leader an answer from the past says nothing.</summary>
    public ClusterSnapshot After(MetadataResponse response)
    {
        Dictionary<string, TopicSnapshot> topics = new(response.Topics.Count);
        foreach (MetadataResponse.MetadataResponseTopic topic in response.Topics)
        {
            if (topic.Name is { } name) topics[name] = Topic(name, topic);
        }

        return new ClusterSnapshot(
            response.ClusterId ?? "",
            new BrokerId(response.ControllerId),
            response.Brokers.DistinctBy(static broker => broker.NodeId).ToFrozenDictionary(
                static broker => broker.NodeId,
                static broker => new BrokerNode(
                    new BrokerId(broker.NodeId), new BrokerAddress(broker.Host, broker.Port), broker.Rack)),
            topics);
    }

    private TopicSnapshot Topic(string name, MetadataResponse.MetadataResponseTopic topic)
    {
        int count = topic.Partitions.Count == 0 ? 0 : topic.Partitions.Max(static partition => partition.PartitionIndex) + 1;
        var partitions = new PartitionSnapshot[count];
        Array.Fill(partitions, PartitionSnapshot.Unknown);
        foreach (MetadataResponse.MetadataResponsePartition partition in topic.Partitions)
        {
            var told = new PartitionSnapshot(
                new BrokerId(partition.LeaderId), new LeaderEpoch(partition.LeaderEpoch), partition.ErrorCode);
            PartitionSnapshot known = PartitionOf(new TopicPartition(name, partition.PartitionIndex));
            partitions[partition.PartitionIndex] = told.Epoch != LeaderEpoch.None && told.Epoch < known.Epoch ? known : told;
        }

        return new TopicSnapshot(name, topic.TopicId, topic.ErrorCode, topic.IsInternal, partitions);
    }
}
