namespace PerfLog.Storage;

/// <summary>The three indexes of a segment; they are made, sealed, flushed and closed together.</summary>
internal sealed record SegmentIndexes(OffsetIndex Offsets, TimeIndex Times, TransactionIndex Transactions) : IDisposable
{
    /// <summary>Makes the files of a new segment. The transaction index's file comes with its first entry.</summary>
    public static SegmentIndexes Create(IStorageDevice device, SegmentFiles files, int capacityBytes)
    {
        device.OpenFile(files.OffsetIndex, FileOpening.OrCreate).Dispose();
        device.OpenFile(files.TimeIndex, FileOpening.OrCreate).Dispose();
        return Over(device, files, capacityBytes, 0, 0, TransactionIndex.Empty(device, files.TransactionIndex));
    }

    /// <summary>Takes existing files with so many entries.</summary>
    public static SegmentIndexes Over(
        IStorageDevice device, SegmentFiles files, int capacityBytes, int offsets, int times, TransactionIndex transactions) => new(
        new OffsetIndex(device, files.OffsetIndex, capacityBytes, offsets),
        new TimeIndex(device, files.TimeIndex, capacityBytes, times),
        transactions);

    public void Seal()
    {
        Offsets.Seal();
        Times.Seal();
    }

    public void Flush()
    {
        Offsets.Flush();
        Times.Flush();
        Transactions.Flush();
    }

    /// <summary>Gives back the address ranges that opening needed; only while no other thread knows the segment.</summary>
    public void Unmap()
    {
        Offsets.Unmap();
        Times.Unmap();
    }

    public void Dispose()
    {
        Offsets.Dispose();
        Times.Dispose();
    }
}
