using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>Starts a log's new segments. Only the thread that holds the log's writer lock uses it.</summary>
internal sealed class SegmentRoll(LogState log)
{
    private long _jitterMs = NextJitter(log);

    /// <summary>Whether a batch must go to a new segment.</summary>
    /// <param name="activeBytes">The active segment's bytes, with those that are about to be written to it.</param>
    /// <param name="batch">The batch, numbered.</param>
    public bool IsDue(long activeBytes, RecordBatchView batch) => RollRule.MustRoll(
        log.Active,
        activeBytes,
        log.Options,
        log.Options.SegmentMs - _jitterMs,
        new IncomingBatch(batch.SizeBytes, batch.LastOffset, batch.MaxTimestamp),
        log.Surroundings.Time);

    /// <summary>Seals the active segment and starts one at an offset, with a snapshot of the producers beside it.</summary>
    public void Roll(Offset baseOffset)
    {
        Segment sealedSegment = log.Active;
        if (sealedSegment.BaseOffset == baseOffset) return;
        sealedSegment.Seal();
        log.Producers.SkipTo(baseOffset);
        log.Snapshots.Take(log.Producers);
        Segment next = Create(log, baseOffset);
        log.Segments = log.Segments.With(next);
        _jitterMs = NextJitter(log);
    }

    /// <summary>Makes the files of an empty segment.</summary>
    public static Segment Create(LogState log, Offset baseOffset)
    {
        SegmentFiles files = new(log.Folder, baseOffset);
        LogOptions options = log.Options;
        log.Device.OpenFile(files.Log, FileOpening.OrCreate).Dispose();
        log.FolderChanged = true;
        log.HasChanges = true;
        SegmentIndexes indexes = SegmentIndexes.Create(log.Device, files, options.SegmentIndexBytes);
        Segment segment = new(log.Device, files, indexes, default, TimestampMs.Now(log.Surroundings.Time));
        if (options.Preallocate) segment.Extend(options.SegmentBytes);
        return segment;
    }

    // Logs that were made together would otherwise all roll together.
    private static long NextJitter(LogState log)
    {
        long jitterMs = log.Options.SegmentJitterMs;
        if (jitterMs <= 0) return 0;
        lock (log.Surroundings.Random) return log.Surroundings.Random.NextInt64(Math.Min(jitterMs, log.Options.SegmentMs));
    }
}
