namespace PerfLog.Storage;

/// <summary>What of a batch decides where it goes.</summary>
internal readonly record struct IncomingBatch(int SizeBytes, Offset LastOffset, TimestampMs MaxTimestamp);

/// <summary>When a log starts a new segment. The writer asks before every batch.</summary>
internal static class RollRule
{
    /// <summary>Whether a batch must go to a new segment.</summary>
    /// <param name="active">The segment it would go to.</param>
    /// <param name="activeBytes">The segment's size, with what is about to be written to it.</param>
    /// <param name="options">The log's settings.</param>
    /// <param name="segmentMs">The age that ends a segment, jitter already taken off.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="time">The clock, for segments whose records have no time.</param>
    public static bool MustRoll(
        Segment active, long activeBytes, LogOptions options, long segmentMs, IncomingBatch batch, TimeProvider time)
    {
        if (batch.LastOffset - active.BaseOffset > int.MaxValue) return true;
        if (activeBytes == 0) return false;
        return activeBytes + batch.SizeBytes > options.SegmentBytes
            || active.Indexes.Offsets.IsFull
            || active.Indexes.Times.IsFull
            || Age(active, batch.MaxTimestamp, time) > segmentMs;
    }

    // Time passes by the records' own times; a segment without any goes by the clock. So does one that starts with a record
    // of a later time than this one: a producer's wrong clock must not keep a segment open, and what it holds, for years.
    private static long Age(Segment active, TimestampMs maxTimestamp, TimeProvider time)
    {
        TimestampMs first = active.FirstTimestamp();
        return first.Value >= 0 && maxTimestamp >= first
            ? maxTimestamp.Value - first.Value
            : TimestampMs.Now(time).Value - active.Created.Value;
    }
}
