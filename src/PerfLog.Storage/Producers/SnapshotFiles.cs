namespace PerfLog.Storage;

/// <summary>The producer snapshots in a partition's folder. Only the log's writer uses it.</summary>
internal sealed class SnapshotFiles(IStorageDevice device, string folder)
{
    // Besides those at a segment's start, for the replay after a crash that spoiled the newest.
    private const int ExtraKept = 2;

    private readonly SortedSet<long> _offsets = [];

    public void Find(IEnumerable<FileEntry> files)
    {
        foreach (FileEntry file in files)
        {
            if (SegmentFiles.TryParse(file.Name, SegmentFiles.SnapshotSuffix, out Offset offset)) _offsets.Add(offset.Value);
        }
    }

    /// <summary>Writes the states at their end. A checksum guards the content, so a crash may tear the file.</summary>
    public void Take(ProducerStates states)
    {
        byte[] bytes = ProducerSnapshot.Encode(states.Entries);
        using IStorageFile file = device.OpenFile(PathOf(states.End.Value), FileOpening.OrCreate);
        file.SetLength(0);
        file.Write(0, bytes);
        _offsets.Add(states.End.Value);
    }

    public void Flush(Offset at)
    {
        if (!_offsets.Contains(at.Value)) return;
        using IStorageFile file = device.OpenFile(PathOf(at.Value), FileOpening.Existing);
        file.Flush();
    }

    /// <summary>
    /// Sets the states to the newest sound snapshot between the log's start and an offset; when there is none, to nothing
    /// known at the log's start.
    /// </summary>
    public void Restore(ProducerStates states, Offset upTo, Offset logStart)
    {
        foreach (long offset in _offsets.Reverse().Where(offset => offset <= upTo.Value && offset >= logStart.Value).ToList())
        {
            byte[] bytes = AtomicFile.Read(device, PathOf(offset)) ?? [];
            if (ProducerSnapshot.TryDecode(bytes) is { } entries)
            {
                states.Reset(new Offset(offset), entries);
                return;
            }

            Remove(offset);
        }

        states.Reset(logStart, []);
    }

    /// <summary>Removes the snapshots past a new end of the log.</summary>
    public void RemoveAfter(Offset end)
    {
        foreach (long offset in _offsets.Where(offset => offset > end.Value).ToList()) Remove(offset);
    }

    /// <summary>A segment left the log, and its snapshot with it.</summary>
    public void Forget(Offset segmentBase) => _offsets.Remove(segmentBase.Value);

    /// <summary>Removes those that no restart will need.</summary>
    public void RemoveUnneeded(SegmentList segments)
    {
        HashSet<long> kept =
            [.. segments.Items.Select(static segment => segment.BaseOffset.Value), .. _offsets.Reverse().Take(ExtraKept)];
        foreach (long offset in _offsets.Where(offset => !kept.Contains(offset)).ToList()) Remove(offset);
    }

    private void Remove(long offset)
    {
        device.DeleteFile(PathOf(offset));
        _offsets.Remove(offset);
    }

    private string PathOf(long offset) => new SegmentFiles(folder, new Offset(offset)).Snapshot;
}
