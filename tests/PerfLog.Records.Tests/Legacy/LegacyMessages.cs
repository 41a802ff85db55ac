using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using PerfLog.Buffers;

namespace PerfLog.Records.Tests.Legacy;

/// <summary>Old messages written field by field, apart from the product's own writer, to hold that against.</summary>
public static class LegacyMessages
{
    public static byte[] Message(
        byte magic, long offset, long timestamp, byte[]? key, byte[]? value, byte attributes = 0)
    {
        List<byte> body = [magic, attributes];
        if (magic > 0) body.AddRange(Int64(timestamp));
        AddBytes(body, key);
        AddBytes(body, value);
        byte[] summed = [.. body];
        return [.. Int64(offset), .. Int32(summed.Length + 4), .. Int32((int)Crc32.HashToUInt32(summed)), .. summed];
    }

    public static byte[] Message(byte magic, long offset, TestRecord record, byte attributes = 0) =>
        Message(magic, offset, record.Timestamp, Utf8(record.Key), Utf8(record.Value), attributes);

    /// <summary>A wrapper as clients send it: magic 0 with real offsets, magic 1 with counted ones.</summary>
    public static byte[] Wrapper(byte magic, CompressionCodec codec, long firstOffset, params TestRecord[] records)
    {
        byte[] inner = [.. records.SelectMany((record, index) => Message(magic, magic == 0 ? firstOffset + index : index, record))];
        return Message(magic, firstOffset + records.Length - 1, records.Max(static record => record.Timestamp), null, Compress(magic, codec, inner), (byte)codec);
    }

    public static byte[] Compress(byte magic, CompressionCodec codec, byte[] bytes)
    {
        using var output = new GrowingBuffer(bytes.Length + 1000);
        Assert.True(RecordCompression.TryCompress(codec, bytes, output));
        byte[] compressed = output.WrittenSpan.ToArray();
        if (codec == CompressionCodec.Lz4 && magic == 0) compressed[6] = (byte)(XxHash32.HashToUInt32(compressed.AsSpan(0, 6)) >> 8);
        return compressed;
    }

    private static byte[]? Utf8(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static void AddBytes(List<byte> body, byte[]? bytes)
    {
        body.AddRange(Int32(bytes?.Length ?? -1));
        body.AddRange(bytes ?? []);
    }

    private static byte[] Int32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Int64(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
