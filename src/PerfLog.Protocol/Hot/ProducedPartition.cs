using PerfLog.Protocol.Messages;

namespace PerfLog.Protocol.Hot;

/// <summary>What a produce request came to in one partition.</summary>
public readonly struct ProducedPartition(int index, ErrorCode error, long baseOffset)
{
    private const int None = -1;

    public int Index { get; } = index;

    public ErrorCode Error { get; } = error;

    public long BaseOffset { get; } = baseOffset;

    /// <summary>The broker's time when the topic wants that, else -1.</summary>
    public long LogAppendTimeMs { get; init; } = None;

    public long LogStartOffset { get; init; } = None;

    /// <summary>The leader to go to, when it is not this broker; -1 when that is not said.</summary>
    public int LeaderId { get; init; } = None;

    public int LeaderEpoch { get; init; } = None;

    /// <summary>Said only when something is wrong.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The records to blame, when that is known.</summary>
    public List<ProduceResponse.BatchIndexAndErrorMessage>? RecordErrors { get; init; }

    internal bool NamesLeader => LeaderId != None || LeaderEpoch != None;
}
