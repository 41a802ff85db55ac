namespace PerfLog.Storage;

/// <summary>Takes segments out of a log. Only the thread that holds the log's writer lock uses it.</summary>
internal static class SegmentRemoval
{
    /// <summary>Removes the oldest segments.</summary>
    public static void RemoveFirst(LogState log, int count)
    {
        SegmentList before = log.Segments;
        log.Segments = before.WithoutFirst(count);
        for (int i = 0; i < count; i++) Remove(log, before.Items[i]);
    }

    /// <summary>Removes a segment that is no longer in the list: its files get a suffix and go after a delay.</summary>
    public static void Remove(LogState log, Segment removed)
    {
        removed.IsRemoved = true;
        TimestampMs due = TimestampMs.Now(log.Surroundings.Time) + log.Options.FileDeleteDelayMs;
        foreach (string suffix in SegmentFiles.Suffixes)
        {
            string path = removed.Files[suffix];
            if (!log.Device.FileExists(path)) continue;
            log.Device.RenameFile(path, path + SegmentFiles.DeletedSuffix);
            log.Surroundings.Deleted.AddFile(path + SegmentFiles.DeletedSuffix, due);
        }

        log.Snapshots.Forget(removed.BaseOffset);
        log.FolderChanged = true;
        log.HasChanges = true;

        // Readers inside keep it open until they are done.
        removed.Release();
    }
}
