namespace PerfLog.Storage;

/// <summary>
/// Makes a log durable. Only the thread that holds the log's writer lock uses it. The active segment's indexes are left
/// out: a segment that the recovery point has not left behind is scanned after a crash and its indexes are made anew.
/// </summary>
internal sealed class LogFlush(LogState log)
{
    private long _lastFlushMs = TimestampMs.Now(log.Surroundings.Time).Value;

    /// <summary>The <c>flush.messages</c> rule.</summary>
    public void FlushIfManyWait()
    {
        if (log.End - log.RecoveryPoint >= log.Options.FlushMessages) Flush();
    }

    /// <summary>The <c>flush.ms</c> rule; also brings segments to disk that were sealed since.</summary>
    public void FlushIfDue(TimestampMs now)
    {
        bool isLate = log.End > log.RecoveryPoint && now.Value - _lastFlushMs >= log.Options.FlushMs;
        if (isLate) Flush();
        else FlushSealed();
    }

    public void Flush()
    {
        Offset end = log.End;
        FlushSealed();
        if (log.Active.SizeBytes > 0 && end > log.RecoveryPoint) log.Active.FlushBatches();
        FinishAt(end);
        _lastFlushMs = TimestampMs.Now(log.Surroundings.Time).Value;
    }

    /// <summary>Brings sealed segments to the disk with all their files.</summary>
    public void FlushSealed()
    {
        SegmentList segments = log.Segments;
        Offset active = segments.Active.BaseOffset;
        if (log.FlushedWholeBefore >= active) return;
        foreach (Segment segment in segments.Items)
        {
            if (segment.BaseOffset < log.FlushedWholeBefore) continue;
            if (segment != segments.Active) segment.FlushWhole();
            log.Snapshots.Flush(segment.BaseOffset);
        }

        log.FlushedWholeBefore = active;
        FinishAt(active);
    }

    // The recovery point moves last: everything that recovery will not look at again is on the disk by then.
    private void FinishAt(Offset flushed)
    {
        if (log.FolderChanged) log.Device.FlushDirectory(log.Folder);
        log.FolderChanged = false;
        log.Epochs.Save();
        if (flushed > log.RecoveryPoint) log.RecoveryPoint = flushed;
    }
}
