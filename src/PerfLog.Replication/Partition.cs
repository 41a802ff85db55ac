using PerfLog.Storage;

namespace PerfLog.Replication;

/// <summary>
/// A partition that this broker hosts: its log, its leadership, and those who wait for it. Appends and reads may come from
/// any thread; leadership changes come from the one thread that applies metadata.
/// </summary>
public sealed class Partition(TopicPartition id, Uuid topicId, PartitionLog log)
{
    private PartitionLeadership _leadership = PartitionLeadership.None;
    private bool _isRetired;

    public TopicPartition Id { get; } = id;

    public Uuid TopicId { get; } = topicId;

    public PartitionLog Log { get; } = log;

    public PartitionWaiters Waiters { get; } = new();

    /// <summary>Who leads, in which epoch, and who is in sync; swapped whole.</summary>
    public PartitionLeadership Leadership => Volatile.Read(ref _leadership);

    public Offset HighWatermark => Log.HighWatermark;

    /// <summary>The topic was deleted: whoever still holds the partition has to treat it as unknown.</summary>
    public bool IsRetired => Volatile.Read(ref _isRetired);

    /// <summary>Takes the leadership over, or learns of a new in-sync set in the same epoch.</summary>
    public void BecomeLeader(PartitionLeadership leadership)
    {
        bool isNewEpoch = leadership.Epoch > Leadership.Epoch;
        Volatile.Write(ref _leadership, leadership);
        if (isNewEpoch) Log.BecomeLeader(leadership.Epoch);
        AdvanceHighWatermark();
    }

    /// <summary>Tells all who hold the partition, and those who wait for it at once, that its topic was deleted.</summary>
    public void Retire()
    {
        Volatile.Write(ref _isRetired, true);
        Waiters.Signal();
    }

    /// <summary>Compares the epoch that a client believes in with ours.</summary>
    public ErrorCode CheckEpoch(LeaderEpoch clientEpoch)
    {
        LeaderEpoch epoch = Leadership.Epoch;
        if (clientEpoch == LeaderEpoch.None || clientEpoch == epoch) return ErrorCode.None;
        return clientEpoch < epoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
    }

    /// <summary>Appends one validated batch, which is borrowed until the task completes.</summary>
    /// <param name="batch">Its offset and epoch are written in place.</param>
    /// <param name="insyncReplicasMin">For acks=all: the replicas that must be in sync (<c>min.insync.replicas</c>);
    /// 0 where the producer does not ask for them.</param>
    public ValueTask<AppendResult> AppendAsLeaderAsync(Memory<byte> batch, int insyncReplicasMin)
    {
        PartitionLeadership leadership = Leadership;
        if (leadership.InSyncCount < insyncReplicasMin) return new(AppendResult.Failed(ErrorCode.NotEnoughReplicas));
        ValueTask<AppendResult> append = Log.AppendAsync(batch, leadership.Epoch, CancellationToken.None);
        if (!append.IsCompletedSuccessfully) return AwaitAppendAsync(append);
        AppendResult result = append.Result;
        OnAppended(result);
        return new(result);
    }

    private async ValueTask<AppendResult> AwaitAppendAsync(ValueTask<AppendResult> append)
    {
        AppendResult result = await append;
        OnAppended(result);
        return result;
    }

    private void OnAppended(in AppendResult result)
    {
        if (result.Error != ErrorCode.None || result.Duplicate) return;
        AdvanceHighWatermark();
        Waiters.Signal();
    }

    /// <summary>
    /// What every in-sync replica has is committed. Where this broker is the only one in sync, that is all it has.
    /// </summary>
    private void AdvanceHighWatermark()
    {
        if (Leadership.InSyncCount == 1) Log.AdvanceHighWatermark(Log.EndOffset);
    }
}
