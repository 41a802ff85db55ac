namespace PerfLog.Client.Admin;

/// <summary>Which offset of a partition is asked for: a time, or one of the protocol's special values.</summary>
public readonly record struct OffsetQuestion(long Timestamp)
{
    /// <summary>The offset that the next record gets.</summary>
    public static readonly OffsetQuestion Latest = new(-1);

    /// <summary>The first offset that can be read.</summary>
    public static readonly OffsetQuestion Earliest = new(-2);

    /// <summary>The record with the highest time.</summary>
    public static readonly OffsetQuestion MaxTimestamp = new(-3);

    /// <summary>The first record at this time or later.</summary>
    public static OffsetQuestion At(TimestampMs time) => new(time.Value);
}

/// <summary>The answer; both are "none" when no record is as asked.</summary>
public readonly record struct OffsetAnswer(Offset Offset, TimestampMs Timestamp);
