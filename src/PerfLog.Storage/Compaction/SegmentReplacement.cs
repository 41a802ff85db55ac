namespace PerfLog.Storage;

/// <summary>
/// Puts a compacted segment in the place of those that it was made of. At each step in between, a crash leaves either the
/// old files or a finished <c>.swap</c>, which the next opening puts in place. It relies on the file system to keep the
/// order of renames in one folder, as journals do.
/// </summary>
internal static class SegmentReplacement
{
    /// <returns>False when the log has dropped or cut one of the segments meanwhile; nothing is changed then.</returns>
    public static bool TryReplace(LogState log, List<Segment> group, CleanedSegment cleaned)
    {
        lock (log.Writer)
        {
            int first = log.Segments.Items.IndexOf(group[0]);
            bool isUnchanged = !log.IsClosed && first >= 0 && log.Segments.Items.AsSpan()[first..].StartsWith(group.ToArray());
            if (!isUnchanged) return false;
            log.Surroundings.Failure.Guard(() => Replace(log, first, group, cleaned));
        }

        log.Surroundings.Failure.Guard(() => log.Device.FlushDirectory(log.Folder));
        return true;
    }

    private static void Replace(LogState log, int first, List<Segment> group, CleanedSegment cleaned)
    {
        // A reader that opened an old segment's files by name from now on would get the new ones.
        foreach (Segment old in group) old.OpenWhole();
        TimestampMs due = TimestampMs.Now(log.Surroundings.Time) + log.Options.FileDeleteDelayMs;
        foreach (Segment old in group) MarkDeleted(log, old, due);

        Segment replacement = cleaned.TakePlace(group[^1].NextOffset);
        log.Segments = log.Segments.WithReplaced(first, group.Count, replacement);
        foreach (Segment old in group)
        {
            old.IsRemoved = true;
            old.Release();
        }
    }

    // The producer snapshots stay: they are of the producers at an offset, not of the segment.
    private static void MarkDeleted(LogState log, Segment old, TimestampMs due)
    {
        foreach (string suffix in SegmentFiles.ContentSuffixes)
        {
            string path = old.Files[suffix];
            if (!log.Device.FileExists(path)) continue;
            log.Device.RenameFile(path, path + SegmentFiles.DeletedSuffix);
            log.Surroundings.Deleted.AddFile(path + SegmentFiles.DeletedSuffix, due);
        }
    }
}
