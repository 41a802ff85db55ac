namespace PerfLog.Storage;

/// <summary>Finds batches in a log for readers on any thread, without locks and without allocating.</summary>
internal static class LogReader
{
    public static LogReadResult Read(LogState log, Offset from, int maxBytes, Offset upperBound, bool atLeastOneBatch)
    {
        while (true)
        {
            SegmentList segments = log.Segments;
            Offset end = log.End;
            if (from < log.LogStart || from > end) return LogReadResult.Failed(ErrorCode.OffsetOutOfRange);
            if (from >= upperBound || from == end) return LogReadResult.Empty;

            ReadWish wish = new(from, maxBytes, upperBound, atLeastOneBatch);
            if (TryRead(segments, wish, out LogReadResult result)) return result;

            // A segment was closed under us. Either the list has changed by now, or the log is gone.
            if (log.IsClosed) return LogReadResult.Failed(ErrorCode.UnknownTopicOrPartition);
            if (segments == log.Segments) return LogReadResult.Failed(ErrorCode.OffsetOutOfRange);
        }
    }

    /// <summary>Adds the aborted transactions with records in [from, upTo).</summary>
    public static void CollectAborted(LogState log, Offset from, Offset upTo, List<AbortedTransaction> found)
    {
        SegmentList segments = log.Segments;
        for (int i = Math.Max(segments.FloorIndex(from), 0); i < segments.Count; i++)
        {
            if (segments.Items[i].Indexes.Transactions.Collect(from, upTo, found)) return;
        }
    }

    private static bool TryRead(SegmentList segments, in ReadWish wish, out LogReadResult result)
    {
        result = LogReadResult.Empty;

        // A segment may end before the offset, where compaction or truncation left a gap: then the next one has it.
        for (int i = Math.Max(segments.FloorIndex(wish.From), 0); i < segments.Count; i++)
        {
            Segment segment = segments.Items[i];
            if (segment.BaseOffset >= wish.UpperBound) return true;
            if (!segment.TryHold()) return false;
            if (TryReadHeld(segment, wish, out result, out bool isGone))
            {
                if (EndsBelow(segments, i + 1, wish.UpperBound, segment, result.Region)) result = result with { HasMoreBehind = true };
                return true;
            }

            if (isGone) return false;
        }

        return true;
    }

    private static bool EndsBelow(SegmentList segments, int next, Offset upperBound, Segment segment, in FileRegion region) =>
        !region.IsEmpty
        && next < segments.Count
        && segments.Items[next].BaseOffset < upperBound
        && region.Position.Value + region.Length == segment.Tail.Position.Value;

    // The hold goes to the region when there is one, and ends here otherwise.
    private static bool TryReadHeld(Segment segment, in ReadWish wish, out LogReadResult result, out bool isGone)
    {
        result = LogReadResult.Empty;
        isGone = false;
        bool isHandedOn = false;
        try
        {
            SegmentTail tail = segment.Tail;
            FilePosition start = SegmentSearch.PositionOf(segment, wish.From, tail);
            if (start == tail.Position) return false;
            FilePosition end = SegmentSearch.EndOf(segment, start, wish.MaxBytes, wish.UpperBound, wish.AtLeastOneBatch, tail);
            if (end == start) return true;
            result = new LogReadResult(
                ErrorCode.None, new FileRegion(segment, segment.File, start, end.Value - start.Value));
            return isHandedOn = true;
        }
        catch (FileNotFoundException) when (segment.IsRemoved)
        {
            isGone = true;
            return false;
        }
        finally
        {
            if (!isHandedOn) segment.Release();
        }
    }

    private readonly record struct ReadWish(Offset From, int MaxBytes, Offset UpperBound, bool AtLeastOneBatch);
}
