namespace PerfLog.Protocol.Hot;

/// <summary>A transaction that was aborted within the fetched range.</summary>
public readonly record struct AbortedTransaction(long ProducerId, long FirstOffset);

/// <summary>What a fetch came to in one partition, all but the records themselves.</summary>
public readonly struct FetchedPartition(int index, ErrorCode error, int recordsBytes)
{
    private const int None = -1;

    public int Index { get; } = index;

    public ErrorCode Error { get; } = error;

    /// <summary>The bytes of records that follow by another way; -1 writes null.</summary>
    public int RecordsBytes { get; } = recordsBytes;

    public long HighWatermark { get; init; } = None;

    public long LastStableOffset { get; init; } = None;

    public long LogStartOffset { get; init; } = None;

    public int PreferredReadReplica { get; init; } = None;

    /// <summary>Whether the reader asked for committed records only; without that the list is null.</summary>
    public bool ListsAborted { get; init; }

    public ReadOnlyMemory<AbortedTransaction> Aborted { get; init; }

    /// <summary>Where a follower's log leaves the leader's; -1 when it does not.</summary>
    public int DivergingEpoch { get; init; } = None;

    public long DivergingEndOffset { get; init; } = None;

    /// <summary>The leader to go to, when it is not this broker; -1 when that is not said.</summary>
    public int LeaderId { get; init; } = None;

    public int LeaderEpoch { get; init; } = None;

    internal bool Diverges => DivergingEpoch != None || DivergingEndOffset != None;

    internal bool NamesLeader => LeaderId != None || LeaderEpoch != None;
}
