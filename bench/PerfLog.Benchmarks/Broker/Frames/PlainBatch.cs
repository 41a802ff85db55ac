using System.Buffers.Binary;
using PerfLog.Hashing;
using PerfLog.Records;
using PerfLog.Wire;

namespace PerfLog.Benchmarks.Broker.Frames;

/// <summary>An uncompressed batch of equal records without keys, as a plain producer would send it. Pure.</summary>
internal static class PlainBatch
{
    private const int RecordOverheadBytesMax = 40;

    public static byte[] Of(int records, int valueBytes)
    {
        byte[] value = new byte[valueBytes];
        new Random(1).NextBytes(value);   // the same bytes in each run
        byte[] buffer = new byte[RecordBatchLayout.HeaderBytes + (records * (valueBytes + RecordOverheadBytesMax))];
        var writer = new WireWriter(buffer);
        WriteHeader(ref writer, records);
        for (int delta = 0; delta < records; delta++) WriteRecord(ref writer, delta, value);
        byte[] batch = writer.Written.ToArray();
        Seal(batch);
        return batch;
    }

    /// <summary>The batch of <paramref name="records"/> records whose size comes nearest to the wanted one from below.</summary>
    public static byte[] OfBytes(int records, int batchBytes)
    {
        int empty = Of(records, 0).Length;
        int valueBytes = (batchBytes - empty) / records;
        byte[] batch = Of(records, valueBytes);
        while (batch.Length > batchBytes) batch = Of(records, --valueBytes);
        return batch;
    }

    private static void WriteHeader(ref WireWriter writer, int records)
    {
        long timestamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        writer.WriteInt64(0);                              // base offset: the broker's
        writer.WriteInt32(0);                              // length: known at the end
        writer.WriteInt32(-1);                             // leader epoch: the broker's
        writer.WriteByte(RecordBatchLayout.CurrentMagic);
        writer.WriteUInt32(0);                             // CRC: known at the end
        writer.WriteInt16(0);                              // attributes
        writer.WriteInt32(records - 1);
        writer.WriteInt64(timestamp);
        writer.WriteInt64(timestamp);
        writer.WriteInt64(-1);                             // no producer id, epoch, sequence
        writer.WriteInt16(-1);
        writer.WriteInt32(-1);
        writer.WriteInt32(records);
    }

    private static void WriteRecord(ref WireWriter writer, int offsetDelta, ReadOnlySpan<byte> value)
    {
        int bodyBytes = 1 + Varint.SizeOfSigned(0L) + Varint.SizeOfSigned(offsetDelta) + Varint.SizeOfSigned(-1)
            + Varint.SizeOfSigned(value.Length) + value.Length + Varint.SizeOfSigned(0);
        writer.WriteVarint(bodyBytes);
        writer.WriteByte(0);
        writer.WriteVarlong(0);
        writer.WriteVarint(offsetDelta);
        writer.WriteVarint(-1);
        writer.WriteVarint(value.Length);
        writer.WriteRaw(value);
        writer.WriteVarint(0);
    }

    private static void Seal(Span<byte> batch)
    {
        BinaryPrimitives.WriteInt32BigEndian(
            batch[RecordBatchLayout.BatchLength..], batch.Length - RecordBatchLayout.LengthPrefixBytes);
        uint crc = Crc32C.Compute(batch[RecordBatchLayout.Attributes..]);
        BinaryPrimitives.WriteUInt32BigEndian(batch[RecordBatchLayout.Crc..], crc);
    }
}
