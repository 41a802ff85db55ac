namespace PerfLog.Storage;

/// <summary>Cuts a log's end off. Only the thread that holds the log's writer lock uses it.</summary>
internal sealed class LogTruncation(LogState log)
{
    /// <summary>Removes all batches that reach an offset.</summary>
    public void TruncateTo(Offset offset)
    {
        if (offset >= log.End) return;
        if (offset < log.LogStart || offset < log.Segments.First.BaseOffset)
        {
            StartAt(offset);
            return;
        }

        LowerRecoveryPoint(offset);
        int kept = log.Segments.FloorIndex(offset);
        RemoveAfter(kept);
        Offset end = Cut(offset);
        if (end >= log.LogStart) MoveEnd(end, rebuiltFrom: log.Active.BaseOffset);

        // The batch that went reached from before the start: nothing that may be read is left.
        else StartAt(log.LogStart);
    }

    /// <summary>Removes everything; the next record gets an offset.</summary>
    public void StartAt(Offset offset)
    {
        LowerRecoveryPoint(offset);
        SegmentList before = log.Segments;
        foreach (Segment each in before.Items) each.IsRemoved = true;
        for (int i = before.Count - 1; i >= 0; i--) SegmentRemoval.Remove(log, before.Items[i]);
        log.Device.FlushDirectory(log.Folder);

        log.LogStart = offset;
        log.Segments = new SegmentList([SegmentRoll.Create(log, offset)]);
        log.Epochs.TruncateFromEnd(Offset.Zero);
        log.Snapshots.RemoveAfter(Offset.None);
        MoveEnd(offset, rebuiltFrom: offset);
        log.RecoveryPoint = offset;
    }

    // If the cut were lost in a crash, or the segments removed came back, a higher point would vouch for wrong bytes.
    private void LowerRecoveryPoint(Offset offset)
    {
        log.HasChanges = true;
        log.Cuts++;
        log.FlushedWholeBefore = Offset.Min(log.FlushedWholeBefore, offset);
        bool isLow = log.RecoveryPoint <= offset && log.Compaction.CleanedUpTo <= offset;
        if (isLow) return;
        log.RecoveryPoint = Offset.Min(log.RecoveryPoint, offset);
        log.Compaction.TruncateTo(offset);
        log.Surroundings.SaveRecoveryPoints();
    }

    // The newest first, and on the disk before anything is appended: a crash must not leave two segments with one offset.
    private void RemoveAfter(int kept)
    {
        SegmentList before = log.Segments;
        log.Segments = before.WithoutFrom(kept + 1);
        for (int i = before.Count - 1; i > kept; i--) SegmentRemoval.Remove(log, before.Items[i]);
    }

    private Offset Cut(Offset offset)
    {
        Segment old = log.Active;
        old.EndDirectWriting();
        SegmentRebuild rebuild = new(log.Device, old.Files, log.Options, TimestampMs.Now(log.Surroundings.Time));
        Segment cut = rebuild.Run(offset);
        log.Segments = new SegmentList(log.Segments.Items.Replace(old, cut));

        // Readers of the old one keep its mappings; the file below is the same and now shorter.
        old.Release();
        log.FlushedWholeBefore = Offset.Min(log.FlushedWholeBefore, cut.BaseOffset);
        return rebuild.CutAt is { } start && start < offset ? start : offset;
    }

    private void MoveEnd(Offset end, Offset rebuiltFrom)
    {
        // A batch goes whole, so that the end may lie before the offset of the cut; what is appended there is not on the disk.
        LowerRecoveryPoint(end);
        log.End = end;
        log.HighWatermark = Offset.Max(Offset.Min(log.HighWatermark, end), log.LogStart);
        log.Epochs.TruncateFromEnd(end);
        log.Snapshots.RemoveAfter(rebuiltFrom);
        new ProducerReplay(log, withoutProducers: []).Run(rebuiltFrom);
        log.Epochs.Save();
        log.Device.FlushDirectory(log.Folder);
    }
}
