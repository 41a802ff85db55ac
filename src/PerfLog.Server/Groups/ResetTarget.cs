namespace PerfLog.Server.Groups;

/// <summary>Where a group's offsets are to be set.</summary>
internal abstract record ResetTarget
{
    /// <summary>The first record that there is.</summary>
    public sealed record Earliest : ResetTarget;

    /// <summary>Behind the last record.</summary>
    public sealed record Latest : ResetTarget;

    /// <summary>Where the group is.</summary>
    public sealed record Current : ResetTarget;

    /// <summary>One offset for all partitions.</summary>
    public sealed record At(Offset Offset) : ResetTarget;

    /// <summary>The first record of this time or later; behind the last record when there is none.</summary>
    public sealed record Time(TimestampMs Timestamp) : ResetTarget;

    /// <summary>So many records on from where the group is; back when negative.</summary>
    public sealed record Shift(long Records) : ResetTarget;

    /// <summary>An offset for each partition.</summary>
    public sealed record Listed(IReadOnlyDictionary<TopicPartition, Offset> Offsets) : ResetTarget;
}

/// <summary>One partition's offset before and after a reset.</summary>
internal sealed record OffsetReset(TopicPartition Partition, Offset Before, Offset After);
