using PerfLog.Client.Consuming;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Groups;

/// <summary>What a coordinator told of a group's commit for one partition; a negative offset where there is none.</summary>
internal readonly record struct ToldOffset(TopicPartition Partition, ErrorCode Error, OffsetAndMetadata At);

/// <summary>The pieces of messages about committed offsets, for consumers and for admin clients. All methods are pure.</summary>
internal static class OffsetMessages
{
    public const short HighestCommitWithNames = 9;
    public const short HighestFetchWithNames = 9;
    public const short FirstFetchOfGroups = 8;

    public static List<OffsetCommitRequest.OffsetCommitRequestTopic> Commits(IEnumerable<KeyValuePair<TopicPartition, OffsetAndMetadata>> offsets) =>
        [.. offsets.GroupBy(static entry => entry.Key.Topic).Select(static topic => new OffsetCommitRequest.OffsetCommitRequestTopic
        {
            Name = topic.Key,
            Partitions = [.. topic.Select(static entry => new OffsetCommitRequest.OffsetCommitRequestPartition
            {
                PartitionIndex = entry.Key.Partition,
                CommittedOffset = entry.Value.Offset.Value,
                CommittedLeaderEpoch = entry.Value.LeaderEpoch.Value,
                CommittedMetadata = entry.Value.Metadata,
            })],
        })];

    /// <summary>Reads the answer about one group, before <see cref="FirstFetchOfGroups"/>.</summary>
    public static IEnumerable<ToldOffset> Told(IEnumerable<OffsetFetchResponse.OffsetFetchResponseTopic> topics) =>
        topics.SelectMany(static topic => topic.Partitions.Select(told =>
            Told(topic.Name, told.PartitionIndex, told.ErrorCode, told.CommittedOffset, told.Metadata, told.CommittedLeaderEpoch)));

    /// <summary>Reads what is told of one of several groups.</summary>
    public static IEnumerable<ToldOffset> Told(OffsetFetchResponse.OffsetFetchResponseGroup group) =>
        group.Topics.SelectMany(static topic => topic.Partitions.Select(told =>
            Told(topic.Name, told.PartitionIndex, told.ErrorCode, told.CommittedOffset, told.Metadata, told.CommittedLeaderEpoch)));

    private static ToldOffset Told(string topic, int partition, ErrorCode error, long offset, string? metadata, int epoch) =>
        new(new TopicPartition(topic, partition), error, new OffsetAndMetadata(new Offset(offset), metadata ?? "", new LeaderEpoch(epoch)));
}
