namespace PerfLog.Storage;

/// <summary>A record found by its time.</summary>
public readonly record struct OffsetAtTime(TimestampMs Timestamp, Offset Offset, LeaderEpoch Epoch);

/// <summary>Where the records of an epoch end; both are "none" when the log cannot tell.</summary>
public readonly record struct EpochEndOffset(LeaderEpoch Epoch, Offset EndOffset)
{
    /// <summary>The log does not know.</summary>
    public static readonly EpochEndOffset Unknown = new(LeaderEpoch.None, Offset.None);
}

/// <summary>What came of moving the log start offset.</summary>
public readonly record struct DeleteRecordsResult(ErrorCode Error, Offset LogStartOffset);

/// <summary>A transaction whose records a read_committed consumer skips.</summary>
public readonly record struct AbortedTransaction(
    ProducerId ProducerId, Offset FirstOffset, Offset LastOffset, Offset LastStableOffset);

/// <summary>What the log knows of one idempotent producer.</summary>
/// <param name="ProducerId">Its id.</param>
/// <param name="ProducerEpoch">The epoch it wrote with last.</param>
/// <param name="LastSequence">Its newest sequence; -1 when it has none in its epoch.</param>
/// <param name="LastTimestamp">When its newest batch or marker was written.</param>
/// <param name="CoordinatorEpoch">The transaction coordinator's epoch in its newest marker; -1 for none.</param>
/// <param name="TransactionFirstOffset">Where its open transaction starts; none when it has none.</param>
public readonly record struct ProducerDescription(
    ProducerId ProducerId,
    short ProducerEpoch,
    int LastSequence,
    TimestampMs LastTimestamp,
    int CoordinatorEpoch,
    Offset TransactionFirstOffset);
