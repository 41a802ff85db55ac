using System.Buffers.Binary;
using PerfLog.Hashing;

namespace PerfLog.Storage;

/// <summary>
/// The content of a <c>.snapshot</c> file: the producer states at the offset in its name. Pure functions.
/// <code>
/// at  size  field (big-endian)
///  0   2    version = 1
///  2   4    CRC-32C of all that follows
///  6   4    number of entries
/// 10   ..   entries of 46 bytes:
///           producer id 8, epoch 2, last sequence 4, last offset 8, offset delta 4, timestamp 8,
///           coordinator epoch 4, first offset of the open transaction 8 (-1 for none)
/// </code>
/// Only a producer's last batch is kept. Its offset is -1 when the producer has none in its epoch.
/// </summary>
internal static class ProducerSnapshot
{
    public const int HeaderBytes = 10;
    public const int EntryBytes = 46;

    private const short Version = 1;
    private const int CrcPosition = 2;
    private const int CountPosition = 6;

    public static byte[] Encode(IReadOnlyCollection<ProducerEntry> entries)
    {
        byte[] bytes = new byte[HeaderBytes + entries.Count * EntryBytes];
        BinaryPrimitives.WriteInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(CountPosition), entries.Count);
        int at = HeaderBytes;
        foreach (ProducerEntry entry in entries)
        {
            EncodeEntry(entry, bytes.AsSpan(at, EntryBytes));
            at += EntryBytes;
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(CrcPosition), Crc32C.Compute(bytes.AsSpan(CountPosition)));
        return bytes;
    }

    /// <returns>The entries; null when the bytes are no sound snapshot, which a crash may leave.</returns>
    public static IReadOnlyList<ProducerEntry>? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadInt16BigEndian(bytes) != Version) return null;
        uint crc = BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcPosition..]);
        if (crc != Crc32C.Compute(bytes[CountPosition..])) return null;
        int count = BinaryPrimitives.ReadInt32BigEndian(bytes[CountPosition..]);
        if (count < 0 || bytes.Length != HeaderBytes + (long)count * EntryBytes) return null;

        ProducerEntry[] entries = new ProducerEntry[count];
        for (int i = 0; i < count; i++) entries[i] = DecodeEntry(bytes.Slice(HeaderBytes + i * EntryBytes, EntryBytes));
        return entries;
    }

    private static void EncodeEntry(ProducerEntry entry, Span<byte> bytes)
    {
        ProducerBatch? last = entry.LastBatch;
        BinaryPrimitives.WriteInt64BigEndian(bytes, entry.Id.Value);
        BinaryPrimitives.WriteInt16BigEndian(bytes[8..], entry.Epoch);
        BinaryPrimitives.WriteInt32BigEndian(bytes[10..], entry.LastSequence);
        BinaryPrimitives.WriteInt64BigEndian(bytes[14..], last?.LastOffset.Value ?? -1);
        BinaryPrimitives.WriteInt32BigEndian(bytes[22..], last?.OffsetDelta ?? 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes[26..], entry.LastTimestamp.Value);
        BinaryPrimitives.WriteInt32BigEndian(bytes[34..], entry.CoordinatorEpoch);
        BinaryPrimitives.WriteInt64BigEndian(bytes[38..], entry.TransactionStart.Value);
    }

    private static ProducerEntry DecodeEntry(ReadOnlySpan<byte> bytes)
    {
        int lastSequence = BinaryPrimitives.ReadInt32BigEndian(bytes[10..]);
        var lastOffset = new Offset(BinaryPrimitives.ReadInt64BigEndian(bytes[14..]));
        int delta = BinaryPrimitives.ReadInt32BigEndian(bytes[22..]);
        var timestamp = new TimestampMs(BinaryPrimitives.ReadInt64BigEndian(bytes[26..]));
        ProducerBatch? last = lastOffset.Value < 0
            ? null
            : new ProducerBatch(FirstSequence(lastSequence, delta), lastSequence, lastOffset, delta, timestamp);

        ProducerEntry entry = new(new ProducerId(BinaryPrimitives.ReadInt64BigEndian(bytes)));
        entry.Restore(
            BinaryPrimitives.ReadInt16BigEndian(bytes[8..]),
            last,
            timestamp,
            BinaryPrimitives.ReadInt32BigEndian(bytes[34..]),
            new Offset(BinaryPrimitives.ReadInt64BigEndian(bytes[38..])));
        return entry;
    }

    // Sequences wrap at 2^31, so a batch may have started before the wrap.
    private static int FirstSequence(int lastSequence, int delta) => (lastSequence - delta) & int.MaxValue;
}
