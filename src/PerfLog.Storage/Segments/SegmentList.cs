using System.Collections.Immutable;

namespace PerfLog.Storage;

/// <summary>The segments of a log in order of their base offsets, at least one. Immutable: the writer swaps it whole.</summary>
internal sealed class SegmentList(ImmutableArray<Segment> segments)
{
    public ImmutableArray<Segment> Items => segments;

    public int Count => segments.Length;

    public Segment First => segments[0];

    /// <summary>The only segment that is appended to.</summary>
    public Segment Active => segments[^1];

    public long SizeBytes
    {
        get
        {
            long total = 0;
            foreach (Segment each in segments) total += each.SizeBytes;
            return total;
        }
    }

    /// <summary>The index of the last segment that starts at or before an offset; -1 when all start after it.</summary>
    public int FloorIndex(Offset offset)
    {
        int low = 0, high = segments.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (segments[middle].BaseOffset <= offset) low = middle + 1;
            else high = middle - 1;
        }

        return high;
    }

    public SegmentList With(Segment newest) => new(segments.Add(newest));

    public SegmentList WithReplaced(int first, int count, Segment replacement) =>
        new(segments.RemoveRange(first, count).Insert(first, replacement));

    public SegmentList WithoutFirst(int count) => new(segments.RemoveRange(0, count));

    public SegmentList WithoutFrom(int index) => new(segments.RemoveRange(index, segments.Length - index));
}
