using PerfLog.Replication;
using PerfLog.Storage;

namespace PerfLog.Broker.Fetching;

/// <summary>Looks at the log for one target: checks the epochs, bounds the read by what is committed. Stateless.</summary>
internal static class PartitionReader
{
    /// <summary>Fills the target's result.</summary>
    /// <returns>The bytes found.</returns>
    public static int Read(FetchTarget target, int bytesMax, bool isReadCommitted, bool atLeastOneBatch)
    {
        Partition partition = target.Partition!;
        ErrorCode refusal = partition.IsRetired ? GoneError(target) : partition.CheckEpoch(target.CurrentLeaderEpoch);
        if (refusal != ErrorCode.None)
        {
            target.SetError(refusal);
            return 0;
        }

        // The bound is read before the log: what is committed now stays readable while we read.
        Offset highWatermark = partition.HighWatermark;
        Offset stable = partition.Log.LastStableOffset;
        target.ClearResult();
        target.HighWatermark = highWatermark;
        target.LastStableOffset = stable;
        target.LogStartOffset = partition.Log.LogStartOffset;
        if (IsDiverging(target, partition)) return 0;

        Offset bound = isReadCommitted ? stable : highWatermark;
        LogReadResult read = partition.Log.Read(target.FetchOffset, bytesMax, bound, atLeastOneBatch);
        if (read.Error != ErrorCode.None)
        {
            target.SetError(read.Error);
            return 0;
        }

        target.Region = read.Region;
        target.BytesFound = read.Region.Length;
        target.HasMoreBehind = read.HasMoreBehind;
        if (isReadCommitted) target.Aborted = partition.Log.AbortedTransactions(target.FetchOffset, stable);
        return read.Region.Length;
    }

    /// <summary>The topic was deleted after the target was found.</summary>
    private static ErrorCode GoneError(FetchTarget target) =>
        target.TopicId == Uuid.Zero ? ErrorCode.UnknownTopicOrPartition : ErrorCode.UnknownTopicId;

    private static bool IsDiverging(FetchTarget target, Partition partition)
    {
        if (target.LastFetchedEpoch == LeaderEpoch.None) return false;
        EpochEndOffset known = partition.Log.EndOffsetFor(target.LastFetchedEpoch);
        if (known.Epoch >= target.LastFetchedEpoch && known.EndOffset >= target.FetchOffset) return false;
        target.DivergingEpoch = known.Epoch;
        target.DivergingEndOffset = known.EndOffset;
        return true;
    }
}
