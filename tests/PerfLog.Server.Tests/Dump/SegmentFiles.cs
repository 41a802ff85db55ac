using System.Buffers.Binary;
using System.Text;
using PerfLog.Hashing;
using PerfLog.Records;

namespace PerfLog.Server.Tests.Dump;

/// <summary>Writes a segment's files as a broker would, batch by batch, with an index entry for each batch.</summary>
internal sealed class SegmentFiles(TemporaryFolder folder)
{
    private const int BatchBytesMax = 1024 * 1024;

    private readonly MemoryStream _log = new();
    private readonly MemoryStream _offsetIndex = new();
    private readonly MemoryStream _timeIndex = new();
    private long _nextOffset;

    public string LogPath => folder.File("00000000000000000000.log");

    public string OffsetIndexPath => folder.File("00000000000000000000.index");

    public string TimeIndexPath => folder.File("00000000000000000000.timeindex");

    public SegmentFiles Add(CompressionCodec codec, long timestamp, params string[] keysAndValues)
    {
        using var builder = new RecordBatchBuilder(BatchBytesMax);
        builder.Begin(new BatchProperties { Codec = codec });
        RecordHeader[] headers = [new("h1", "x"u8.ToArray()), new("h2", null)];
        foreach (string[] pair in keysAndValues.Select(static text => text.Split('=')))
            builder.TryAppend(new TimestampMs(timestamp), Encoding.UTF8.GetBytes(pair[0]), Encoding.UTF8.GetBytes(pair[1]), headers);
        Memory<byte> batch = builder.Build();
        RecordBatchFields.AssignOffset(batch.Span, new Offset(_nextOffset), new LeaderEpoch(0));
        _nextOffset += keysAndValues.Length;
        AddIndexEntries((int)_nextOffset - 1, (int)_log.Length, timestamp);
        _log.Write(batch.Span);
        return this;
    }

    /// <summary>Writes the files; the indexes get the zeros that fill them up while a broker writes the segment.</summary>
    public SegmentFiles Save()
    {
        File.WriteAllBytes(LogPath, _log.ToArray());
        File.WriteAllBytes(OffsetIndexPath, [.. _offsetIndex.ToArray(), .. new byte[80]]);
        File.WriteAllBytes(TimeIndexPath, [.. _timeIndex.ToArray(), .. new byte[120]]);
        return this;
    }

    /// <summary>Changes one byte of a saved file.</summary>
    public static void Flip(string path, int position)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[position] ^= 0x40;
        File.WriteAllBytes(path, bytes);
    }

    public static byte[] ProducerSnapshot(params (long ProducerId, short Epoch, int LastSequence)[] producers)
    {
        byte[] bytes = new byte[10 + (46 * producers.Length)];
        BinaryPrimitives.WriteInt16BigEndian(bytes, 1);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(6), producers.Length);
        for (int index = 0; index < producers.Length; index++)
        {
            Span<byte> entry = bytes.AsSpan(10 + (46 * index));
            BinaryPrimitives.WriteInt64BigEndian(entry, producers[index].ProducerId);
            BinaryPrimitives.WriteInt16BigEndian(entry[8..], producers[index].Epoch);
            BinaryPrimitives.WriteInt32BigEndian(entry[10..], producers[index].LastSequence);
            BinaryPrimitives.WriteInt64BigEndian(entry[38..], -1);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), Crc32C.Compute(bytes.AsSpan(6)));
        return bytes;
    }

    private void AddIndexEntries(int relativeOffset, int position, long timestamp)
    {
        Span<byte> entry = stackalloc byte[12];
        BinaryPrimitives.WriteInt64BigEndian(entry, timestamp);
        BinaryPrimitives.WriteInt32BigEndian(entry[8..], relativeOffset);
        _timeIndex.Write(entry);
        BinaryPrimitives.WriteInt32BigEndian(entry, relativeOffset);
        BinaryPrimitives.WriteInt32BigEndian(entry[4..], position);
        // An entry for position 0 would be useless: a search that finds nothing starts there anyway.
        if (position > 0) _offsetIndex.Write(entry[..8]);
    }
}
