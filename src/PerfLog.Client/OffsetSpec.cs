namespace PerfLog.Client;

/// <summary>Which offset of a partition is asked for: that of a time, or one of the protocol's special values.</summary>
public readonly record struct OffsetSpec(long Timestamp)
{
    /// <summary>The offset that the next record gets.</summary>
    public static readonly OffsetSpec Latest = new(-1);

    /// <summary>The first offset that can be read.</summary>
    public static readonly OffsetSpec Earliest = new(-2);

    /// <summary>The record with the highest time.</summary>
    public static readonly OffsetSpec MaxTimestamp = new(-3);

    /// <summary>The first record at this time or later.</summary>
    public static OffsetSpec At(TimestampMs time) => new(time.Value);
}

/// <summary>An offset that a leader told.</summary>
/// <param name="Offset">The offset; none when no record is as asked.</param>
/// <param name="Timestamp">The record's time; none when the question was not about a record.</param>
/// <param name="LeaderEpoch">The epoch of the record; none when not known.</param>
public readonly record struct FoundOffset(Offset Offset, TimestampMs Timestamp, LeaderEpoch LeaderEpoch);
