namespace PerfLog.Storage;

/// <summary>What a log is like at one moment.</summary>
public readonly record struct RecordLogStatistics
{
    /// <summary>The first offset that can be read.</summary>
    public required Offset LogStartOffset { get; init; }

    /// <summary>The offset behind the last record that can be read.</summary>
    public required Offset EndOffset { get; init; }

    /// <summary>The offset that the next record gets; those from the end to here are accepted and not yet written.</summary>
    public required Offset NextOffset { get; init; }

    /// <summary>All records below are on the disk.</summary>
    public required Offset FlushedOffset { get; init; }

    /// <summary>The bytes of all segments.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>The number of segments.</summary>
    public required int SegmentCount { get; init; }

    /// <summary>All records below have been compacted; 0 when the log never was.</summary>
    public required Offset CompactedUpTo { get; init; }

    /// <summary>What the last compaction did; null when there was none since the log was opened.</summary>
    public CompactionResult? LastCompaction { get; init; }
}
