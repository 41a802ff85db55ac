using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>The settings of one log, named and defaulted as Kafka's topic configuration. Immutable; swap the whole.</summary>
public sealed record LogOptions
{
    /// <summary>Kafka's defaults.</summary>
    public static readonly LogOptions Default = new();

    /// <summary><c>segment.bytes</c>: the largest size of a segment's log file.</summary>
    public int SegmentBytes { get; init; } = 1024 * 1024 * 1024;

    /// <summary><c>segment.ms</c>: a segment is closed when it spans more time than this.</summary>
    public long SegmentMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary><c>segment.jitter.ms</c>: up to this much is taken off <see cref="SegmentMs"/> at random.</summary>
    public long SegmentJitterMs { get; init; }

    /// <summary><c>segment.index.bytes</c>: the largest size of an index file.</summary>
    public int SegmentIndexBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary><c>index.interval.bytes</c>: the bytes of log between two index entries.</summary>
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary><c>retention.ms</c>: older segments are deleted; -1 keeps them.</summary>
    public long RetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary><c>retention.bytes</c>: the oldest segments beyond this size are deleted; -1 keeps them.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary><c>flush.messages</c>: an append that brings the unflushed records to this number is flushed before it is answered.</summary>
    public long FlushMessages { get; init; } = long.MaxValue;

    /// <summary><c>flush.ms</c>: housekeeping flushes records that have waited this long.</summary>
    public long FlushMs { get; init; } = long.MaxValue;

    /// <summary><c>file.delete.delay.ms</c>: the time between taking a segment out of the log and removing its files.</summary>
    public long FileDeleteDelayMs { get; init; } = 60_000;

    /// <summary><c>cleanup.policy</c>.</summary>
    public CleanupPolicies CleanupPolicy { get; init; } = CleanupPolicies.Delete;

    /// <summary><c>min.cleanable.dirty.ratio</c>: the share of a compacted log that must be uncompacted before it is compacted again.</summary>
    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    /// <summary><c>min.compaction.lag.ms</c>: younger records are not compacted.</summary>
    public long MinCompactionLagMs { get; init; }

    /// <summary><c>max.compaction.lag.ms</c>: older records are compacted whatever the ratio.</summary>
    public long MaxCompactionLagMs { get; init; } = long.MaxValue;

    /// <summary><c>delete.retention.ms</c>: the mark of a deleted key stays this long after the first compaction that finds it.</summary>
    public long DeleteRetentionMs { get; init; } = 24L * 60 * 60 * 1000;

    /// <summary><c>max.message.bytes</c>: the largest batch; checked by whoever validates batches, carried here for them.</summary>
    public int MaxMessageBytes { get; init; } = 1_048_588;

    /// <summary>
    /// <c>compression.type</c> of the batches that a <see cref="RecordLog"/> gathers from single records. Batches that come whole stay as
    /// they are; whoever takes them in may have another codec for them.
    /// </summary>
    public CompressionCodec Compression { get; init; }

    /// <summary>
    /// <c>preallocate</c>: take a new segment's disk space at once, as zeros behind its batches until it is sealed or closed. A flush
    /// then has no new length to note down, which each small one pays for otherwise. Where small flushes follow one another, zeros are
    /// written ahead of them, which halves what each costs and doubles what the disk writes.
    /// </summary>
    public bool Preallocate { get; init; }

    /// <summary>How appended bytes reach the disk; null for as the directory's setting says.</summary>
    public WritePath? WritePath { get; init; }

    /// <summary><c>producer.id.expiration.ms</c>: a producer that is silent for this long is forgotten.</summary>
    public long ProducerIdExpirationMs { get; init; } = 24L * 60 * 60 * 1000;

    /// <summary>The appends that may wait for an acknowledgement at once; more are answered with an error.</summary>
    public int PendingAppendsMax { get; init; } = 10_000;
}

/// <summary><c>cleanup.policy</c>: how a log gets rid of old records.</summary>
[Flags]
public enum CleanupPolicies
{
    /// <summary>Nothing is removed but by the log start offset.</summary>
    None = 0,

    /// <summary>Whole segments, by age and size.</summary>
    Delete = 1,

    /// <summary>Records that a later one with the same key replaces.</summary>
    Compact = 2,
}
