using System.Runtime.CompilerServices;

namespace PerfLog.Storage;

/// <summary>
/// Finds batches in a segment that its caller holds: index first, then a short scan. Any thread; allocates nothing.
/// </summary>
/// <remarks>
/// An index that a disk has spoiled must not hide records or show too many. What it answers is held against the batch
/// there: a batch that an entry leads to ends at or before the offset looked for. Where that does not hold, the segment is
/// scanned from its start.
/// </remarks>
internal static class SegmentSearch
{
    // A long stretch of small batches is crossed faster by the index.
    private const int RecalledMax = 64;

    /// <summary>Finds the first batch that ends at or after an offset.</summary>
    /// <returns>Its position; the tail's when no batch in the segment does.</returns>
    public static FilePosition PositionOf(Segment segment, Offset from, SegmentTail tail)
    {
        int relativeOffset = (int)Math.Clamp(from - segment.BaseOffset, 0, int.MaxValue);
        FilePosition start = segment.Indexes.Offsets.Floor(relativeOffset);
        return TryRecallPosition(segment, from, start, tail, out FilePosition known) ? known : ScanFor(segment, from, start, tail);
    }

    private static FilePosition ScanFor(Segment segment, Offset from, FilePosition start, SegmentTail tail) =>
        TryScan(segment, from, start, tail, out FilePosition found) || TryScan(segment, from, default, tail, out found)
            ? found
            : throw new CorruptLogException(segment.Files.Log, found.Value, "no batch starts here, though the log goes on");

    /// <summary>Finds whole batches from a batch's position on that lie below an offset and in a number of bytes.</summary>
    /// <returns>The position behind the last of them; <paramref name="start"/> when there is none.</returns>
    public static FilePosition EndOf(
        Segment segment, FilePosition start, int maxBytes, Offset upperBound, bool atLeastOneBatch, SegmentTail tail)
    {
        var limit = new FilePosition((int)Math.Min((long)start.Value + maxBytes, tail.Position.Value));
        if (limit == tail.Position && upperBound >= segment.BaseOffset + tail.RelativeNextOffset) return limit;
        return TryRecallEnd(segment, start, limit, upperBound, atLeastOneBatch, tail, out FilePosition known)
            ? known
            : ScanForEnd(segment, start, limit, upperBound, atLeastOneBatch, tail);
    }

    [SkipLocalsInit]
    private static FilePosition ScanForEnd(
        Segment segment, FilePosition start, FilePosition limit, Offset upperBound, bool atLeastOneBatch, SegmentTail tail)
    {
        Span<byte> block = stackalloc byte[BatchScan.BlockBytes];
        FilePosition end = ScanStart(segment, start, limit, upperBound);
        BatchScan scan = new(segment.File, end, tail.Position, block);
        bool isAtBatch = scan.MoveNext();
        bool isMisled = end != start && !(isAtBatch && scan.Header.LastOffset < upperBound && end <= limit);
        if (isMisled)
        {
            end = start;
            scan = new BatchScan(segment.File, end, tail.Position, block);
            isAtBatch = scan.MoveNext();
        }

        for (; isAtBatch && scan.Header.LastOffset < upperBound; isAtBatch = scan.MoveNext())
        {
            segment.Remember(scan.Position, scan.Header.LastOffset, scan.Header.SizeBytes);
            bool isWantedWhole = atLeastOneBatch && scan.Position == start;
            if (scan.BatchEnd > limit && !isWantedWhole) break;
            end = scan.BatchEnd;
        }

        return end;
    }

    [SkipLocalsInit]
    private static bool TryScan(Segment segment, Offset from, FilePosition start, SegmentTail tail, out FilePosition found)
    {
        found = tail.Position;
        if (start.Value < 0 || (start.Value > 0 && start >= tail.Position)) return false;
        Span<byte> block = stackalloc byte[BatchScan.BlockBytes];
        BatchScan scan = new(segment.File, start, tail.Position, block);
        while (scan.MoveNext())
        {
            segment.Remember(scan.Position, scan.Header.LastOffset, scan.Header.SizeBytes);
            if (scan.Header.LastOffset < from) continue;
            found = scan.Position;
            bool isMisled = found == start && start.Value > 0 && scan.Header.LastOffset > from;
            return !isMisled;
        }

        if (scan.IsBroken) found = scan.Position;
        return !scan.IsBroken;
    }

    // As a scan from there, as long as all on the way is known.
    private static bool TryRecallPosition(Segment segment, Offset from, FilePosition start, SegmentTail tail, out FilePosition found)
    {
        for (found = start; found < tail.Position && segment.TryRecall(found, out KnownBatch batch); found += batch.SizeBytes)
        {
            Offset last = segment.BaseOffset + batch.RelativeLastOffset;
            if (last < from) continue;
            bool isMisled = found == start && start.Value > 0 && last > from;
            return !isMisled;
        }

        return false;
    }

    private static bool TryRecallEnd(
        Segment segment, FilePosition start, FilePosition limit, Offset upperBound, bool atLeastOneBatch, SegmentTail tail, out FilePosition end)
    {
        end = start;
        for (int i = 0; i < RecalledMax && end < tail.Position; i++)
        {
            if (!segment.TryRecall(end, out KnownBatch batch)) return false;
            bool isWantedWhole = atLeastOneBatch && end == start;
            if (segment.BaseOffset + batch.RelativeLastOffset >= upperBound || (end + batch.SizeBytes > limit && !isWantedWhole)) return true;
            end += batch.SizeBytes;
        }

        return end >= tail.Position;
    }

    // Both index entries are batches that start within the limits, so everything before them lies within.
    private static FilePosition ScanStart(Segment segment, FilePosition start, FilePosition limit, Offset upperBound)
    {
        OffsetIndex offsets = segment.Indexes.Offsets;
        int lastWanted = (int)Math.Clamp(upperBound - segment.BaseOffset - 1, 0, int.MaxValue);
        FilePosition byOffset = offsets.Floor(lastWanted);
        FilePosition byPosition = offsets.FloorOfPosition(limit);
        FilePosition nearest = byOffset < byPosition ? byOffset : byPosition;
        return nearest > start ? nearest : start;
    }
}
