using System.Runtime.CompilerServices;

namespace PerfLog.Storage;

/// <summary>Finds batches in a segment that its caller holds: index first, then a short scan. Any thread; allocates nothing.</summary>
internal static class SegmentSearch
{
    /// <summary>Finds the first batch that ends at or after an offset.</summary>
    /// <returns>Its position; the tail's when no batch in the segment does.</returns>
    [SkipLocalsInit]
    public static FilePosition PositionOf(Segment segment, Offset from, SegmentTail tail)
    {
        int relativeOffset = (int)Math.Clamp(from - segment.BaseOffset, 0, int.MaxValue);
        FilePosition start = segment.Indexes.Offsets.Floor(relativeOffset);
        Span<byte> block = stackalloc byte[BatchScan.BlockBytes];
        BatchScan scan = new(segment.File, start, tail.Position, block);
        while (scan.MoveNext())
        {
            if (scan.Header.LastOffset >= from) return scan.Position;
        }

        return tail.Position;
    }

    /// <summary>Finds whole batches from a batch's position on that lie below an offset and in a number of bytes.</summary>
    /// <returns>The position behind the last of them; <paramref name="start"/> when there is none.</returns>
    [SkipLocalsInit]
    public static FilePosition EndOf(
        Segment segment, FilePosition start, int maxBytes, Offset upperBound, bool atLeastOneBatch, SegmentTail tail)
    {
        var limit = new FilePosition((int)Math.Min((long)start.Value + maxBytes, tail.Position.Value));
        if (limit == tail.Position && upperBound >= segment.BaseOffset + tail.RelativeNextOffset) return limit;

        Span<byte> block = stackalloc byte[BatchScan.BlockBytes];
        FilePosition end = ScanStart(segment, start, limit, upperBound);
        BatchScan scan = new(segment.File, end, tail.Position, block);
        while (scan.MoveNext() && scan.Header.LastOffset < upperBound)
        {
            bool isWantedWhole = atLeastOneBatch && scan.Position == start;
            if (scan.BatchEnd > limit && !isWantedWhole) break;
            end = scan.BatchEnd;
        }

        return end;
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
