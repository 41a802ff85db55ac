namespace PerfLog.Storage;

/// <summary>
/// Settles what a crash left of replacing segments by compacted ones: files still being written go, finished ones take
/// the place of those that they replace.
/// </summary>
internal sealed class CompactionSwap(IStorageDevice device, string folder)
{
    private const string SwapLog = SegmentFiles.LogSuffix + SegmentFiles.SwapSuffix;
    private const string CleanedLog = SegmentFiles.LogSuffix + SegmentFiles.CleanedSuffix;

    public void Settle()
    {
        IReadOnlyList<FileEntry> files = device.ListFiles(folder);

        // Of a compaction into several segments the renames go from the first to the last: one that is still
        // "cleaned" means that its followers' replacement did not begin, and the old segments are still whole.
        long firstUnfinished = Bases(files, CleanedLog).Append(long.MaxValue).Min();
        foreach (FileEntry file in files.Where(static file => IsLeftover(file.Name))) device.DeleteFile(PathOf(file.Name));
        foreach (long swap in Bases(files, SwapLog).Order())
        {
            if (swap >= firstUnfinished) RemoveSwap(new Offset(swap));
            else Complete(new Offset(swap));
        }

        // The batches are marked ready last and named last: files without them are of a swap that did not begin.
        foreach (FileEntry file in device.ListFiles(folder).Where(static file => IsSwap(file.Name))) device.DeleteFile(PathOf(file.Name));
    }

    private static IEnumerable<long> Bases(IEnumerable<FileEntry> files, string suffix)
    {
        foreach (FileEntry file in files)
        {
            if (SegmentFiles.TryParse(file.Name, suffix, out Offset found)) yield return found.Value;
        }
    }

    private static bool IsSwap(string name) => name.EndsWith(SegmentFiles.SwapSuffix, StringComparison.Ordinal);

    private static bool IsLeftover(string name) =>
        name.EndsWith(SegmentFiles.DeletedSuffix, StringComparison.Ordinal)
        || name.EndsWith(SegmentFiles.CleanedSuffix, StringComparison.Ordinal)
        || name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal);

    private void Complete(Offset swap)
    {
        SegmentFiles target = new(folder, swap);
        Offset end = EndOf(target.Log + SegmentFiles.SwapSuffix, swap);
        foreach (long replaced in Bases(device.ListFiles(folder), SegmentFiles.LogSuffix).ToList())
        {
            if (replaced >= swap.Value && replaced < end.Value) RemoveSegment(new Offset(replaced));
        }

        foreach (string suffix in SegmentFiles.ContentSuffixes)
        {
            string path = target[suffix];
            if (device.FileExists(path + SegmentFiles.SwapSuffix)) device.RenameFile(path + SegmentFiles.SwapSuffix, path);
        }
    }

    private void RemoveSwap(Offset swap)
    {
        foreach (string suffix in SegmentFiles.Suffixes)
            device.DeleteFile(new SegmentFiles(folder, swap)[suffix] + SegmentFiles.SwapSuffix);
    }

    // The snapshot is not of the batches but of the producers at that offset: it stays right.
    private void RemoveSegment(Offset replaced)
    {
        foreach (string suffix in SegmentFiles.Suffixes.Where(static suffix => suffix != SegmentFiles.SnapshotSuffix))
            device.DeleteFile(new SegmentFiles(folder, replaced)[suffix]);
    }

    private Offset EndOf(string path, Offset start)
    {
        Span<byte> block = stackalloc byte[BatchScan.BlockBytes];
        using IStorageFile file = device.OpenFile(path, FileOpening.Existing);
        BatchScan scan = new(file, default, new FilePosition(checked((int)file.Length)), block);
        Offset end = start + 1;
        while (scan.MoveNext()) end = scan.Header.NextOffset;
        return end;
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
