using System.Buffers.Binary;
using System.IO.Hashing;
using PerfLog.Hashing;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Makes a segment anew from its log file alone: walks over all batches, verifies each, writes fresh indexes, and cuts
/// the file behind the last good one. Used for what a crash may have torn, for missing or wrong indexes, and for truncation.
/// </summary>
internal sealed class SegmentRebuild(IStorageDevice device, SegmentFiles files, LogOptions options, TimestampMs now)
{
    /// <summary>Called for each good batch with its header, if set: to collect leader epochs.</summary>
    public Action<LeaderEpoch, Offset>? OnBatch { get; init; }

    /// <summary>Whether good batches are written once more, so that the next flush really brings them to the disk.</summary>
    public bool WritesAgain { get; init; }

    /// <summary>Whether a good batch is of a producer with an id, or a marker.</summary>
    public bool HasProducers { get; private set; }

    /// <summary>The bytes that were cut off by the last run.</summary>
    public long BytesCut { get; private set; }

    /// <summary>Why the file was cut where it was; null when it was good to its end, or zeros were all that was seen behind it.</summary>
    public string? Damage { get; private set; }

    /// <summary>Whether zeros lay behind the last good batch, as in space that was taken ahead.</summary>
    public bool EndedInZeros { get; private set; }

    /// <summary>The first offset of the first good batch that was cut off; null when none was.</summary>
    public Offset? CutAt { get; private set; }

    /// <summary>Makes the segment anew.</summary>
    /// <param name="upTo">Batches that reach this offset are cut off too.</param>
    public Segment Run(Offset upTo)
    {
        device.DeleteFile(files.OffsetIndex);
        device.DeleteFile(files.TimeIndex);
        device.DeleteFile(files.TransactionIndex);
        SegmentIndexes indexes = SegmentIndexes.Create(device, files, options.SegmentIndexBytes);
        Segment segment = new(device, files, indexes, default, now);
        CutBehind(segment, Scan(segment, upTo));
        return segment;
    }

    private FilePosition Scan(Segment segment, Offset upTo)
    {
        long length = segment.File.Length;

        // What good batches there are is flushed afterwards: the disk may begin while they are looked at.
        segment.File.BeginWriteback(0, length);
        using ScanBuffer buffer = new(segment.File, length);
        FilePosition position = default;
        while (position.Value < length && TryReadBatch(segment, buffer, position, length, out ReadOnlySpan<byte> bytes))
        {
            RecordBatchView batch = new(bytes);
            if (batch.NextOffset > upTo)
            {
                CutAt = batch.BaseOffset;
                break;
            }

            position = Accept(segment, batch, position);
        }

        return position;
    }

    private bool TryReadBatch(Segment segment, ScanBuffer buffer, FilePosition position, long length, out ReadOnlySpan<byte> batch)
    {
        batch = buffer.Read(position.Value, RecordBatchLayout.HeaderBytes);

        // No batch's header is all zeros. What may lie behind such a one was never flushed, for a flush would have brought this
        // place to the disk too: so a gibibyte that was laid out ahead need not be read to its end.
        EndedInZeros = !batch.ContainsAnyExcept((byte)0);
        if (EndedInZeros) return false;
        if (batch.Length < RecordBatchLayout.HeaderBytes) return Broken("the file ends inside a batch's header");

        RecordBatchView header = new(batch);
        RefuseOldFormat(segment, position, header, length);
        int size = header.SizeBytes;
        if (size < RecordBatchLayout.HeaderBytes || header.Magic != RecordBatchLayout.CurrentMagic) return Broken("no batch starts here");
        if (position.Value + (long)size > length) return Broken("the file ends inside a batch");
        batch = buffer.Read(position.Value, size);
        return IsGood(segment, new RecordBatchView(batch));
    }

    private bool IsGood(Segment segment, RecordBatchView batch)
    {
        if (batch.LastOffsetDelta < 0 || batch.BaseOffset < segment.NextOffset) return Broken("its offsets go back");
        if (batch.LastOffset - segment.BaseOffset > int.MaxValue) return Broken("its offset is too far from the segment's");
        if (Crc32C.Compute(batch.Bytes[RecordBatchLayout.Attributes..]) != batch.Crc) return Broken("its checksum is wrong");
        return true;
    }

    // To cut such a file would destroy good data that only an older program can read. Its own checksum tells it from
    // a torn batch, whose magic may be missing too.
    private void RefuseOldFormat(Segment segment, FilePosition position, RecordBatchView header, long length)
    {
        const int crcPosition = 12, summedFrom = 16;
        int size = header.SizeBytes;
        if (position.Value != 0 || header.Magic >= RecordBatchLayout.CurrentMagic || size <= summedFrom || size > length) return;
        byte[] message = new byte[size];
        segment.File.Read(0, message);
        if (BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(crcPosition)) != Crc32.HashToUInt32(message.AsSpan(summedFrom))) return;
        throw new StorageException(
            files.Log, $"it holds messages of the old format (magic {header.Magic}), which this engine does not read.");
    }

    private FilePosition Accept(Segment segment, RecordBatchView batch, FilePosition position)
    {
        FilePosition end = position + batch.SizeBytes;
        if (WritesAgain) segment.File.Write(position.Value, batch.Bytes);
        segment.Index(batch.LastOffset, batch.MaxTimestamp, position, batch.SizeBytes, options.IndexIntervalBytes);
        segment.Publish(batch.NextOffset, end);
        HasProducers |= batch.ProducerId.Value >= 0 || batch.IsControl;
        OnBatch?.Invoke(batch.PartitionLeaderEpoch, batch.BaseOffset);
        return end;
    }

    private void CutBehind(Segment segment, FilePosition end)
    {
        BytesCut = segment.File.Length - end.Value;

        // Also where nothing is cut: the file may have space reserved past its end.
        segment.File.SetLength(end.Value);
        if (BytesCut > 0) segment.File.Flush();
    }

    private bool Broken(string reason)
    {
        Damage = reason;
        return false;
    }
}
