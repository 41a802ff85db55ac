using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Broker.Configuration;

/// <summary>A topic's effective configuration as typed values. Immutable; swap the whole when it changes.</summary>
public sealed record TopicSettings
{
    /// <summary>What the topic's logs are opened and run with.</summary>
    public required LogOptions Log { get; init; }

    /// <summary>The codec that batches are stored in; null keeps the one that each came in.</summary>
    public required CompressionCodec? TargetCodec { get; init; }

    /// <summary><c>message.timestamp.type</c> is LogAppendTime.</summary>
    public required bool UsesLogAppendTime { get; init; }

    public required long TimestampBeforeMaxMs { get; init; }

    public required long TimestampAfterMaxMs { get; init; }

    public required int MinInsyncReplicas { get; init; }

    public required bool UncleanLeaderElection { get; init; }

    public bool IsCompacted => (Log.CleanupPolicy & CleanupPolicies.Compact) != 0;

    /// <summary>What a batch produced to the topic at that moment may be.</summary>
    public ProduceRules ProduceRules(TimestampMs now, bool allowsZstd) => new()
    {
        BatchBytesMax = Log.MaxMessageBytes,
        SegmentBytes = Log.SegmentBytes,
        IsCompacted = IsCompacted,
        AllowsZstd = allowsZstd,
        UsesLogAppendTime = UsesLogAppendTime,
        Now = now,
        TimestampBeforeMaxMs = TimestampBeforeMaxMs,
        TimestampAfterMaxMs = TimestampAfterMaxMs,
    };
}
