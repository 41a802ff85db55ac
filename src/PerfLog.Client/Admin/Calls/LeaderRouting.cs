using PerfLog.Client.Cluster;

namespace PerfLog.Client.Admin;

/// <summary>A partition's leader answers.</summary>
internal sealed class LeaderRouting(ClusterClient cluster) : IRouting<TopicPartition>
{
    public async Task<IReadOnlyList<Place>> FindAsync(IReadOnlyList<TopicPartition> items, bool anew, CancellationToken cancellation)
    {
        ClusterSnapshot known = cluster.Current;
        if (anew || cluster.IsStale || items.Any(item => known.PartitionOf(item).Leader == BrokerId.None))
        {
            known = await cluster.AskOnceAsync([.. items.Select(static item => item.Topic).Distinct()], cancellation).ConfigureAwait(false);
        }

        return [.. items.Select(item => PlaceOf(item, known))];
    }

    // A leader that does not know a partition has not heard of it yet, or it was deleted: the next answer of the cluster tells.
    public bool MayPass(ErrorCode error) => error is ErrorCode.UnknownTopicOrPartition or ErrorCode.NotLeaderOrFollower
        or ErrorCode.LeaderNotAvailable or ErrorCode.ReplicaNotAvailable or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch
        or ErrorCode.OffsetNotAvailable or ErrorCode.KafkaStorageError or ErrorCode.RequestTimedOut or ErrorCode.NetworkException;

    private static Place PlaceOf(TopicPartition item, ClusterSnapshot known)
    {
        if (!known.Topics.TryGetValue(item.Topic, out TopicSnapshot? topic)) return Place.Nowhere(ErrorCode.UnknownTopicOrPartition, null, mayPass: false);
        if (topic.Error != ErrorCode.None) return Place.Nowhere(topic.Error, null, mayPass: topic.Error == ErrorCode.LeaderNotAvailable);
        if ((uint)item.Partition >= (uint)topic.Partitions.Length) return Place.Nowhere(ErrorCode.UnknownTopicOrPartition, null, mayPass: false);
        return known.Brokers.TryGetValue(topic.Partitions[item.Partition].Leader.Value, out BrokerNode? leader)
            ? new Place(leader.Address, leader.Id)
            : Place.Nowhere(ErrorCode.LeaderNotAvailable, "it has no leader", mayPass: true);
    }
}
