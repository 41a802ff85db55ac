using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>What a compactor lends to its runs, one at a time.</summary>
internal sealed record CompactionTools(
    CompactionSettings Settings,
    OffsetMap Map,
    SegmentChunks Chunks,
    GrowingBuffer Scratch,
    GrowingBuffer Pending,
    RecordBatchReducer Reducer,
    CompactionThrottle Throttle);

/// <summary>
/// One compaction of one log: notes the latest offset of each key in the uncompacted part, writes all segments before the
/// end of that anew without the records that a later one replaces, and swaps them in, group by group. Appends and reads
/// go on meanwhile. Made for one use; the log's place for a run is held by the caller.
/// </summary>
internal sealed class CompactionRun(LogState log, CompactionTools tools, CompactionBounds bounds, TimestampMs now, CancellationToken cancellation)
{
    private readonly TransactionScan _transactions = new();
    private readonly TimeProvider _time = log.Surroundings.Time;

    /// <returns>What was done; null when the log was cut, deleted or closed meanwhile.</returns>
    public async Task<CompactionResult?> RunAsync()
    {
        long started = _time.GetTimestamp();
        SegmentList segments = log.Segments;
        Dictionary<ProducerId, LastBatch> producers = LastBatches();
        CompactionResult totals = new() { Started = now, Duration = default, FirstDirty = bounds.FirstDirty, CleanedUpTo = default, Keys = 0 };
        if (await CollectKeysAsync(segments, totals) is not { } keysEnd) return null;

        RetentionRule rule = new(tools.Map, keysEnd, now, log.Options.DeleteRetentionMs, producers);
        BatchReduction reduction = new(rule, _transactions, tools.Scratch, tools.Reducer);
        foreach (List<Segment> group in SegmentGroups.Of(segments, keysEnd, log.Options))
        {
            if (!await ReplaceAsync(group, reduction, totals)) return null;
        }

        if (!TryMoveCleaned(keysEnd)) return null;
        return totals with
        {
            Duration = _time.GetElapsedTime(started),
            CleanedUpTo = keysEnd,
            Keys = tools.Map.Count,
            RecordsRead = reduction.RecordsRead,
            RecordsKept = reduction.RecordsKept,
        };
    }

    private Dictionary<ProducerId, LastBatch> LastBatches()
    {
        lock (log.Writer)
        {
            return log.Producers.Entries.ToDictionary(
                static entry => entry.Id,
                static entry => new LastBatch(entry.LastBatch?.LastOffset ?? Offset.None, entry.Epoch));
        }
    }

    private async Task<Offset?> CollectKeysAsync(SegmentList segments, CompactionResult totals)
    {
        tools.Map.Reset(bounds.End - bounds.FirstDirty);
        KeyCollection keys = new(tools.Map, tools.Chunks, tools.Scratch, bounds);
        foreach (Segment segment in segments.Items)
        {
            if (segment.NextOffset <= bounds.FirstDirty) continue;
            if (segment.BaseOffset >= bounds.End || keys.IsFull) break;
            if (!segment.TryHold()) return null;
            try
            {
                keys.Open(segment, AbortedIn(segment));
                while (keys.Step() is var bytes and > 0) await PayAsync(totals, read: bytes, written: 0);
                keys.Finish(segment);
            }
            finally
            {
                segment.Release();
            }
        }

        return keys.End;
    }

    private async Task<bool> ReplaceAsync(List<Segment> group, BatchReduction reduction, CompactionResult totals)
    {
        int held = 0;
        try
        {
            while (held < group.Count && group[held].TryHold()) held++;
            return held == group.Count && await ReplaceHeldAsync(group, reduction, totals);
        }
        finally
        {
            for (int i = 0; i < held; i++) group[i].Release();
        }
    }

    private async Task<bool> ReplaceHeldAsync(List<Segment> group, BatchReduction reduction, CompactionResult totals)
    {
        using CleanedSegment cleaned = new(log, group[0].BaseOffset, tools.Pending, tools.Settings.IoBufferBytes);
        bool isTaken = false;
        try
        {
            bool isChanged = group.Count > 1;
            foreach (Segment segment in group) isChanged |= await ReduceAsync(segment, cleaned, reduction, totals);
            if (!isChanged) return !log.IsClosed;
            cleaned.Finish();
            isTaken = SegmentReplacement.TryReplace(log, group, cleaned);
            if (isTaken) Count(totals, group, cleaned);
            return isTaken;
        }
        finally
        {
            // Where the directory is offline, the next opening removes them.
            if (!isTaken && !log.Surroundings.Failure.IsOffline) cleaned.Delete();
        }
    }

    private async Task<bool> ReduceAsync(Segment segment, CleanedSegment cleaned, BatchReduction reduction, CompactionResult totals)
    {
        _transactions.Expect(AbortedIn(segment));
        tools.Chunks.Open(segment, default);
        bool isChanged = false;
        while (tools.Chunks.MoveNext())
        {
            int before = cleaned.SizeBytes;
            isChanged |= ReduceChunk(cleaned, reduction, out int bytes);
            await PayAsync(totals, read: bytes, written: cleaned.SizeBytes - before);
        }

        return isChanged;
    }

    private bool ReduceChunk(CleanedSegment cleaned, BatchReduction reduction, out int bytes)
    {
        bool isChanged = false;
        RecordBatchReader batches = new(tools.Chunks.Bytes);
        while (batches.MoveNext())
        {
            reduction.Reduce(tools.Chunks, batches.Current, out ReadOnlySpan<byte> reduced, out AbortedTransaction? stillAborted);
            isChanged |= reduced != batches.Current.Bytes;
            if (!reduced.IsEmpty) cleaned.Append(reduced);
            if (stillAborted is { } aborted) cleaned.Append(aborted);
        }

        tools.Chunks.ThrowIfBad(batches);
        bytes = batches.Position;
        tools.Chunks.Advance(bytes);
        return isChanged;
    }

    private List<AbortedTransaction> AbortedIn(Segment segment)
    {
        List<AbortedTransaction> found = [];
        LogReader.CollectAborted(log, segment.BaseOffset, segment.NextOffset, found);
        return found;
    }

    private Task PayAsync(CompactionResult totals, int read, int written)
    {
        cancellation.ThrowIfCancellationRequested();
        totals.BytesRead += read;
        totals.BytesWritten += written;
        return tools.Throttle.PayAsync(read + written, tools.Settings.BytesPerSecondMax, cancellation);
    }

    private static void Count(CompactionResult totals, List<Segment> group, CleanedSegment cleaned)
    {
        totals.SegmentsReplaced += group.Count;
        totals.SegmentsWritten++;
        foreach (Segment old in group) totals.BytesReplaced += old.SizeBytes;
    }

    // A log that was cut below it has new records there by then, or will have.
    private bool TryMoveCleaned(Offset end)
    {
        lock (log.Writer)
        {
            if (log.IsClosed || end > log.End) return false;
            log.Compaction.CleanedUpTo = Offset.Max(log.Compaction.CleanedUpTo, end);
            return true;
        }
    }
}
