using PerfLog.Client.Consuming;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Cluster;

/// <summary>What a leader said about one partition's offsets.</summary>
internal readonly record struct OffsetAnswer(TopicPartition Partition, ErrorCode Error, FoundOffset Found);

/// <summary>Asks a leader for offsets of its partitions, for consumers and for admin clients.</summary>
internal static class OffsetQuestion
{
    private const short FirstWithTimestamps = 1;
    private const short FirstWithMaxTimestamp = 7;

    /// <exception cref="IOException">The broker went away.</exception>
    public static async Task<IEnumerable<OffsetAnswer>> AskAsync(
        IBrokerLink leader,
        IReadOnlyCollection<KeyValuePair<TopicPartition, OffsetSpec>> questions,
        ClusterSnapshot known,
        IsolationLevel isolation,
        int timeoutMs,
        CancellationToken cancellation)
    {
        short version = leader.VersionOf<ListOffsetsRequest>();
        ILookup<bool, KeyValuePair<TopicPartition, OffsetSpec>> understood =
            questions.ToLookup(entry => version >= FirstWithMaxTimestamp || entry.Value != OffsetSpec.MaxTimestamp);
        IEnumerable<OffsetAnswer> tooNew = understood[false].Select(static entry => new OffsetAnswer(entry.Key, ErrorCode.UnsupportedVersion, default));
        if (!understood[true].Any()) return tooNew;
        ListOffsetsResponse response = await leader.SendAsync<ListOffsetsRequest, ListOffsetsResponse>(
            Request(understood[true], known, isolation, timeoutMs), version, cancellation).ConfigureAwait(false);
        return response.Topics.SelectMany(topic => topic.Partitions.Select(partition => Answer(topic.Name, partition, version))).Concat(tooNew);
    }

    private static ListOffsetsRequest Request(
        IEnumerable<KeyValuePair<TopicPartition, OffsetSpec>> questions, ClusterSnapshot known, IsolationLevel isolation, int timeoutMs) => new()
    {
        ReplicaId = BrokerId.None.Value,
        IsolationLevel = (sbyte)isolation,
        TimeoutMs = timeoutMs,
        Topics = [.. questions.GroupBy(static entry => entry.Key.Topic).Select(topic => new ListOffsetsRequest.ListOffsetsTopic
        {
            Name = topic.Key,
            Partitions = [.. topic.Select(entry => new ListOffsetsRequest.ListOffsetsPartition
            {
                PartitionIndex = entry.Key.Partition,
                CurrentLeaderEpoch = known.PartitionOf(entry.Key).Epoch.Value,
                Timestamp = entry.Value.Timestamp,
            })],
        })],
    };

    // The oldest brokers answer with a list of the starts of segments, of which one was asked for.
    private static OffsetAnswer Answer(string topic, ListOffsetsResponse.ListOffsetsPartitionResponse told, short version)
    {
        long offset = version >= FirstWithTimestamps ? told.Offset : told.OldStyleOffsets.FirstOrDefault(Offset.None.Value);
        return new(
            new TopicPartition(topic, told.PartitionIndex),
            told.ErrorCode,
            new FoundOffset(new Offset(offset), new TimestampMs(told.Timestamp), new LeaderEpoch(told.LeaderEpoch)));
    }
}
