namespace PerfLog.Storage;

/// <summary>
/// Which neighbouring segments are compacted into one: as many as fit a segment by what they hold now, so that a log whose
/// records go does not keep ever more small files. Pure functions.
/// </summary>
internal static class SegmentGroups
{
    /// <summary>Parts the segments that start below an offset into groups, in order.</summary>
    public static List<List<Segment>> Of(SegmentList segments, Offset end, LogOptions options)
    {
        List<List<Segment>> groups = [];
        long logBytes = 0, offsetBytes = 0, timeBytes = 0;
        foreach (Segment segment in segments.Items)
        {
            if (segment.BaseOffset >= end || segment == segments.Active) break;
            logBytes += segment.SizeBytes;
            offsetBytes += segment.Indexes.Offsets.Count * (long)OffsetIndex.EntryBytes;
            timeBytes += (segment.Indexes.Times.Count + 1) * (long)TimeIndex.EntryBytes;
            bool fits = groups.Count > 0
                && logBytes <= options.SegmentBytes
                && offsetBytes <= options.SegmentIndexBytes
                && timeBytes <= options.SegmentIndexBytes
                && segment.NextOffset - groups[^1][0].BaseOffset <= int.MaxValue;
            if (fits)
            {
                groups[^1].Add(segment);
                continue;
            }

            groups.Add([segment]);
            logBytes = segment.SizeBytes;
            offsetBytes = segment.Indexes.Offsets.Count * (long)OffsetIndex.EntryBytes;
            timeBytes = (segment.Indexes.Times.Count + 1) * (long)TimeIndex.EntryBytes;
        }

        return groups;
    }
}
