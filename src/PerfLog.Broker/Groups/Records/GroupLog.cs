using PerfLog.Broker.Configuration;
using PerfLog.Buffers;
using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Broker.Groups;

/// <summary>Writes batches to the offsets' topic. Any thread may call it.</summary>
internal sealed class GroupLog(CompressionCodec codec)
{
    private const int BatchesKept = 64;

    private readonly Reusables<GroupRecordBatch> _batches = new(static () => new GroupRecordBatch(), BatchesKept);

    /// <summary>An empty batch for that partition; give it back when it is written, or not wanted any more.</summary>
    public GroupRecordBatch Rent(OffsetsPartition home, TimestampMs time)
    {
        GroupRecordBatch batch = _batches.Rent();
        batch.Begin(home.Topic.Settings.Log.MaxMessageBytes, codec, time);
        return batch;
    }

    public void GiveBack(GroupRecordBatch batch) => _batches.GiveBack(batch);

    /// <summary>
    /// Appends the batch, which must stay rented until the task is complete. Calls for one group come under its lock, so
    /// that its records are in the log in the order in which they were decided on.
    /// </summary>
    public ValueTask<AppendResult> AppendAsync(OffsetsPartition home, GroupRecordBatch batch)
    {
        if (home.IsClosed) return new(AppendResult.Failed(ErrorCode.NotCoordinator));
        TopicSettings settings = home.Topic.Settings;
        return home.Partition.AppendAsLeaderAsync(batch.Build(), settings.MinInsyncReplicas);
    }

    /// <summary>What a client is told when its group's records could not be written.</summary>
    public static ErrorCode ErrorFor(ErrorCode appendError) => appendError switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
            or ErrorCode.RequestTimedOut => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch or ErrorCode.KafkaStorageError => ErrorCode.NotCoordinator,
        ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge => ErrorCode.UnknownServerError,
        _ => appendError,
    };
}
