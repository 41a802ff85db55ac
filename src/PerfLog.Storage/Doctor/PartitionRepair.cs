namespace PerfLog.Storage.Doctor;

/// <summary>
/// Repairs one partition's folder: takes bad bytes out of log files, removes what misleads, and lets the engine make indexes
/// and snapshots anew. A log file is replaced in one step, so that a crash leaves the old one or the new one.
/// </summary>
internal sealed class PartitionRepair(IStorageDevice device, DerivedFiles derived)
{
    private const int CopyBytes = 256 * 1024;

    public void Repair(PartitionHealth health)
    {
        foreach (string path in health.Superfluous) device.DeleteFile(path);
        foreach (SegmentHealth segment in health.Segments.Where(static segment => segment.NeedsIndexes)) RemoveIndexes(segment);
        foreach (SegmentHealth segment in health.Segments.Where(static segment => segment.NeedsRewrite)) Rewrite(segment);
        if (health.NeedsEpochs) derived.WriteEpochs(health.Folder, health.Epochs());
        device.FlushDirectory(health.Folder);
        derived.Make(health.Partition, health.Folder, health.End);
    }

    private void Rewrite(SegmentHealth segment)
    {
        string target = segment.Files.Log + AtomicFile.TemporarySuffix;
        device.DeleteFile(target);
        using (IStorageFile from = device.OpenFile(segment.Files.Log, FileOpening.Existing))
        using (IStorageFile to = device.OpenFile(target, FileOpening.OrCreate))
        {
            long end = 0;
            foreach ((long start, long stop) in GoodStretches(segment, from.Length - segment.ReservedBytes)) end = Copy(from, start, stop, to, end);
            to.Flush();
        }

        device.FlushDirectory(segment.Files.Folder);
        device.RenameFile(target, segment.Files.Log);
    }

    private static IEnumerable<(long Start, long End)> GoodStretches(SegmentHealth segment, long length)
    {
        long start = 0;
        foreach (BadStretch bad in segment.Bad)
        {
            if (bad.Start > start) yield return (start, bad.Start);
            start = bad.End;
        }

        if (start < length) yield return (start, length);
    }

    private static long Copy(IStorageFile from, long start, long stop, IStorageFile to, long position)
    {
        byte[] buffer = new byte[CopyBytes];
        while (start < stop)
        {
            int read = from.Read(start, buffer.AsSpan(0, (int)Math.Min(CopyBytes, stop - start)));
            if (read == 0) throw new StorageException(from.Path, $"it became shorter than {stop} bytes while it was read");
            to.Write(position, buffer.AsSpan(0, read));
            start += read;
            position += read;
        }

        return position;
    }

    private void RemoveIndexes(SegmentHealth segment)
    {
        device.DeleteFile(segment.Files.OffsetIndex);
        device.DeleteFile(segment.Files.TimeIndex);
        device.DeleteFile(segment.Files.TransactionIndex);
    }
}
