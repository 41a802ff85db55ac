namespace PerfLog.Storage;

/// <summary>
/// Opens a segment by its indexes alone, without reading its batches, where they can be trusted; otherwise makes them anew.
/// </summary>
internal sealed class SegmentOpening(
    IStorageDevice device, SegmentFiles files, LogOptions options, IReadOnlyDictionary<string, long> lengths, TimestampMs now)
{
    /// <summary>Why the segment had to be made anew; null when its indexes were good.</summary>
    public string? IndexDamage { get; private set; }

    /// <summary>Opens the segment.</summary>
    /// <param name="nextBase">Where the next segment starts; null for the active one, whose end is looked up.</param>
    public Segment Open(Offset? nextBase)
    {
        FilePosition length = new(checked((int)LengthOf(files.Log)));
        if (TryOpenIndexes(length) is not { } indexes) return new SegmentRebuild(device, files, options, now).Run(new Offset(long.MaxValue));

        Offset end = nextBase ?? files.BaseOffset;
        uint relativeEnd = (uint)Math.Min(end - files.BaseOffset, uint.MaxValue);
        Segment segment = new(device, files, indexes, new SegmentTail(relativeEnd, length), now);
        return nextBase is null && length.Value > 0 ? FindEnd(segment, length) : segment;
    }

    private SegmentIndexes? TryOpenIndexes(FilePosition length)
    {
        long offsetBytes = LengthOf(files.OffsetIndex), timeBytes = LengthOf(files.TimeIndex);
        if (offsetBytes < 0 || timeBytes < 0) return Damaged(null, "an index is missing");
        if (offsetBytes % OffsetIndex.EntryBytes != 0 || timeBytes % TimeIndex.EntryBytes != 0)
            return Damaged(null, "an index ends inside an entry");

        SegmentIndexes indexes = SegmentIndexes.Over(
            device,
            files,
            options.SegmentIndexBytes,
            (int)(offsetBytes / OffsetIndex.EntryBytes),
            (int)(timeBytes / TimeIndex.EntryBytes),
            LengthOf(files.TransactionIndex) > 0
                ? TransactionIndex.Load(device, files.TransactionIndex)
                : TransactionIndex.Empty(device, files.TransactionIndex));
        if (!EndsWithin(indexes.Offsets, length)) return Damaged(indexes, "the offset index does not fit the log file");
        return EndsAscending(indexes.Times) ? indexes : Damaged(indexes, "the time index goes back");
    }

    private static bool EndsWithin(OffsetIndex index, FilePosition length)
    {
        if (index.Count == 0) return true;
        (int lastOffset, FilePosition lastPosition) = index.Last;
        bool isAscending = index.Count == 1 || index.At(index.Count - 2).RelativeOffset < lastOffset;
        return lastOffset >= 0 && lastPosition.Value >= 0 && lastPosition < length && isAscending;
    }

    private static bool EndsAscending(TimeIndex index)
    {
        if (index.Count == 0) return true;
        (TimestampMs lastTime, int lastOffset) = index.Last;
        return lastTime.Value >= 0 && lastOffset >= 0 && (index.Count == 1 || index.At(index.Count - 2).Timestamp < lastTime);
    }

    // Only the stretch behind the last index entry is read.
    private Segment FindEnd(Segment segment, FilePosition length)
    {
        FilePosition start = segment.Indexes.Offsets.Last.Position;
        Span<byte> block = stackalloc byte[BatchScan.BlockBytes];
        BatchScan scan = new(segment.File, start, length, block);
        Offset end = files.BaseOffset;
        while (scan.MoveNext()) end = scan.Header.NextOffset;
        if (!scan.IsBroken && end > files.BaseOffset)
        {
            segment.Publish(end, length);
            return segment;
        }

        Damaged(null, "the log file does not end with a whole batch");
        segment.Release();
        return new SegmentRebuild(device, files, options, now).Run(new Offset(long.MaxValue));
    }

    private SegmentIndexes? Damaged(SegmentIndexes? opened, string reason)
    {
        opened?.Dispose();
        IndexDamage = reason;
        return null;
    }

    private long LengthOf(string path) => lengths.TryGetValue(Path.GetFileName(path), out long length) ? length : -1;
}
