namespace PerfLog.Storage;

/// <summary>What one run of compaction did to a log.</summary>
public sealed record CompactionResult
{
    /// <summary>When it started.</summary>
    public required TimestampMs Started { get; init; }

    /// <summary>How long it took, with the pauses of its throttle.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The first offset that had not been compacted before.</summary>
    public required Offset FirstDirty { get; init; }

    /// <summary>The first offset that still is not.</summary>
    public required Offset CleanedUpTo { get; init; }

    /// <summary>The distinct keys between those two.</summary>
    public required int Keys { get; init; }

    /// <summary>The bytes read: the uncompacted part twice, the rest once.</summary>
    public long BytesRead { get; internal set; }

    /// <summary>The bytes of the segments that were written anew.</summary>
    public long BytesWritten { get; internal set; }

    /// <summary>The bytes of the segments that those replaced.</summary>
    public long BytesReplaced { get; internal set; }

    /// <summary>The records in the segments that were replaced.</summary>
    public long RecordsRead { get; internal set; }

    /// <summary>Those of them that are still there.</summary>
    public long RecordsKept { get; internal set; }

    /// <summary>The segments replaced.</summary>
    public int SegmentsReplaced { get; internal set; }

    /// <summary>The segments in their place.</summary>
    public int SegmentsWritten { get; internal set; }
}
