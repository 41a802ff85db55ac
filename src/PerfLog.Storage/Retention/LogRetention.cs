namespace PerfLog.Storage;

/// <summary>
/// Decides which of a log's oldest segments go. Only the thread that holds the log's writer lock uses it.
/// </summary>
/// <remarks>
/// A segment's age counts from its highest record time. When that lies in the future, which a producer with a wrong clock
/// can cause, it counts from the last write of its file: otherwise one record could keep a partition's data for ever.
/// Without record times the last write counts too.
/// </remarks>
internal sealed class LogRetention(LogState log, SegmentRoll roll)
{
    public void Run(TimestampMs now)
    {
        RemoveBelowStart();
        if ((log.Options.CleanupPolicy & CleanupPolicies.Delete) == 0) return;
        RemoveOldest(CountExpired(now));
        RemoveOldest(CountBeyondSize());
    }

    /// <summary>Moves the log start offset and removes the segments wholly below it.</summary>
    public void MoveStart(Offset start)
    {
        if (start <= log.LogStart) return;
        log.LogStart = start;
        log.HasChanges = true;
        log.Epochs.TruncateFromStart(start);
        RemoveBelowStart();
    }

    private void RemoveBelowStart()
    {
        SegmentList segments = log.Segments;
        int below = 0;
        while (below + 1 < segments.Count && segments.Items[below + 1].BaseOffset <= log.LogStart) below++;
        if (below > 0) SegmentRemoval.RemoveFirst(log, below);
    }

    private int CountExpired(TimestampMs now)
    {
        long retentionMs = log.Options.RetentionMs;
        if (retentionMs < 0) return 0;
        int count = 0;
        foreach (Segment segment in log.Segments.Items)
        {
            if (!IsCommitted(segment) || now.Value - NewestTime(segment, now).Value <= retentionMs) break;
            count++;
        }

        return count;
    }

    private int CountBeyondSize()
    {
        if (log.Options.RetentionBytes < 0) return 0;
        long excess = log.Segments.SizeBytes - log.Options.RetentionBytes;
        int count = 0;
        foreach (Segment segment in log.Segments.Items)
        {
            excess -= segment.SizeBytes;
            if (excess < 0 || !IsCommitted(segment)) break;
            count++;
        }

        return count;
    }

    // Records that are not committed yet may still be the ones that followers need; an empty segment holds nothing to remove.
    private bool IsCommitted(Segment segment) => segment.SizeBytes > 0 && segment.NextOffset <= log.HighWatermark;

    private TimestampMs NewestTime(Segment segment, TimestampMs now)
    {
        TimestampMs newest = segment.MaxTimestamp;
        return newest.Value >= 0 && newest <= now ? newest : log.Device.LastWriteTime(segment.Files.Log);
    }

    private void RemoveOldest(int count)
    {
        if (count == 0) return;
        if (count == log.Segments.Count) roll.Roll(log.End);
        Offset start = log.Segments.Items[count].BaseOffset;

        // The start moves first: a reader that finds no segment must find the start above its offset.
        if (start > log.LogStart) MoveStart(start);
        else RemoveBelowStart();
    }
}
