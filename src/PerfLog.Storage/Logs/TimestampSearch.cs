using System.Buffers;
using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>Finds records by their time: segment, time index, offset index, batches, records. Any thread.</summary>
internal static class TimestampSearch
{
    // What a batch of the largest size may decompress to; beyond it the batch's own offset is answered.
    private const int DecompressedBytesMax = 256 * 1024 * 1024;

    // Records that are not compressed are read where they are, and need none.
    private static readonly GrowingBuffer NoScratch = new(0);

    /// <summary>The first record at or after a time.</summary>
    public static OffsetAtTime? Find(LogState log, TimestampMs timestamp)
    {
        foreach (Segment segment in log.Segments.Items)
        {
            if (segment.MaxTimestamp < timestamp || segment.NextOffset <= log.LogStart || !segment.TryHold()) continue;
            try
            {
                if (FindIn(segment, timestamp, log.LogStart) is { } found) return found;
            }
            catch (FileNotFoundException) when (segment.IsRemoved)
            {
                // The log dropped it meanwhile; what it held is no longer there to be found.
            }
            finally
            {
                segment.Release();
            }
        }

        return null;
    }

    /// <summary>The highest time in the log; none when no record has one.</summary>
    public static TimestampMs Highest(LogState log)
    {
        TimestampMs highest = TimestampMs.None;
        foreach (Segment segment in log.Segments.Items)
        {
            if (segment.MaxTimestamp > highest && segment.NextOffset > log.LogStart) highest = segment.MaxTimestamp;
        }

        return highest;
    }

    private static OffsetAtTime? FindIn(Segment segment, TimestampMs timestamp, Offset logStart)
    {
        SegmentTail tail = segment.Tail;
        FilePosition start = SegmentSearch.PositionOf(segment, segment.BaseOffset + segment.Indexes.Times.Floor(timestamp), tail);
        Span<byte> block = stackalloc byte[BatchScan.BlockBytes];
        BatchScan scan = new(segment.File, start, tail.Position, block);
        while (scan.MoveNext())
        {
            RecordBatchView header = scan.Header;
            if (header.MaxTimestamp < timestamp || header.LastOffset < logStart) continue;
            if (FindIn(segment.File, scan.Position, header.SizeBytes, timestamp, logStart) is { } found) return found;
        }

        return null;
    }

    private static OffsetAtTime? FindIn(
        IStorageFile file, FilePosition position, int sizeBytes, TimestampMs timestamp, Offset logStart)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(sizeBytes);
        GrowingBuffer scratch = NoScratch;
        try
        {
            file.Read(position.Value, buffer.AsSpan(0, sizeBytes));
            RecordBatchView batch = new(buffer.AsSpan(0, sizeBytes));
            if (batch.Codec != CompressionCodec.None) scratch = new GrowingBuffer(DecompressedBytesMax);
            bool isOpen = RecordBatchReader.TryOpen(batch, scratch, DecompressedBytesMax, out RecordEnumerator records, out _);
            if (!isOpen) return new OffsetAtTime(batch.MaxTimestamp, batch.BaseOffset, batch.PartitionLeaderEpoch);
            while (records.MoveNext())
            {
                RecordView record = records.Current;
                if (record.Timestamp >= timestamp && record.Offset >= logStart)
                    return new OffsetAtTime(record.Timestamp, record.Offset, batch.PartitionLeaderEpoch);
            }

            return null;
        }
        finally
        {
            if (scratch != NoScratch) scratch.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
