namespace PerfLog.Storage;

/// <summary>
/// Which part of a log has been compacted and which may be: segments that are sealed, on the disk, wholly below the last
/// stable offset, and old enough. A snapshot; the log's own numbers go on.
/// </summary>
/// <param name="FirstDirty">All below has been compacted.</param>
/// <param name="End">The end of what may be compacted now; the first dirty offset when there is nothing.</param>
/// <param name="CleanBytes">The size of the compacted segments.</param>
/// <param name="DirtyBytes">The size of the segments that may be compacted.</param>
/// <param name="IsOverdue">The oldest dirty record is older than <c>max.compaction.lag.ms</c>.</param>
internal readonly record struct CompactionBounds(Offset FirstDirty, Offset End, long CleanBytes, long DirtyBytes, bool IsOverdue)
{
    public double DirtyRatio => DirtyBytes == 0 ? 0 : (double)DirtyBytes / (CleanBytes + DirtyBytes);

    public static CompactionBounds Of(LogState log, TimestampMs now)
    {
        SegmentList segments = log.Segments;
        Offset firstDirty = FirstDirtyOf(log);
        Offset end = firstDirty;
        long cleanBytes = 0, dirtyBytes = 0;
        bool isOverdue = false;
        for (int i = 0; i < segments.Count; i++)
        {
            Segment segment = segments.Items[i];
            if (segment.NextOffset <= firstDirty)
            {
                cleanBytes += segment.SizeBytes;
                continue;
            }

            if (!MayBeCompacted(log, segments, segment, now)) break;
            dirtyBytes += segment.SizeBytes;
            end = segment.NextOffset;
            isOverdue |= segment.SizeBytes > 0 && IsOlderThan(segment, log.Options.MaxCompactionLagMs, now);
        }

        return new CompactionBounds(firstDirty, end, cleanBytes, dirtyBytes, isOverdue);
    }

    /// <summary>Whether a segment began longer ago than that. Its caller sees to it that the segment stays open.</summary>
    public static bool IsOlderThan(Segment segment, long lagMs, TimestampMs now)
    {
        if (lagMs == long.MaxValue) return false;
        TimestampMs first = segment.FirstTimestamp();
        return now.Value - (first.Value >= 0 ? first : segment.Created).Value > lagMs;
    }

    // A log that was cut below what its checkpoint says has new records there.
    private static Offset FirstDirtyOf(LogState log) =>
        log.Compaction.CleanedUpTo > log.End ? log.LogStart : Offset.Max(log.Compaction.CleanedUpTo, log.LogStart);

    private static bool MayBeCompacted(LogState log, SegmentList segments, Segment segment, TimestampMs now)
    {
        if (segment == segments.Active || segment.NextOffset > Offset.Min(log.HighWatermark, log.FirstUnstable)) return false;

        // A record that a crash may take must not have replaced one that it may not.
        if (segment.NextOffset > log.RecoveryPoint) return false;
        long lagMs = log.Options.MinCompactionLagMs;
        return lagMs == 0 || segment.MaxTimestamp.Value <= now.Value - lagMs;
    }
}
