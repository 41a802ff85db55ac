using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace PerfLog.Broker.Tests.Harness;

/// <summary>
/// A message of the formats before record batches: offset int64, size int32, crc int32, magic int8, attributes int8, for
/// magic 1 a timestamp int64, then key and value, each with an int32 length that is -1 for null.
/// </summary>
internal sealed record OldMessage(long Offset, byte Magic, long Timestamp, string? Key, string? Value)
{
    private const int CrcPosition = 12;
    private const int MagicPosition = 16;
    private const byte GzipCodec = 1;

    public byte[] Write() => Write(Offset, Magic, 0, Timestamp, Bytes(Key), Bytes(Value));

    /// <summary>A message whose value is a compressed set of others.</summary>
    public static byte[] WriteGzip(byte magic, OldMessage[] inner)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (OldMessage message in inner) gzip.Write(message.Write());
        }

        return Write(inner[^1].Offset, magic, GzipCodec, inner[^1].Timestamp, null, compressed.ToArray());
    }

    /// <summary>Reads uncompressed messages; a cut one at the end is left out, as clients do.</summary>
    public static List<OldMessage> ReadAll(ReadOnlySpan<byte> set)
    {
        List<OldMessage> all = [];
        while (set.Length > MagicPosition)
        {
            int size = 12 + BinaryPrimitives.ReadInt32BigEndian(set[8..]);
            if (size > set.Length) break;
            all.Add(Read(set[..size]));
            set = set[size..];
        }

        return all;
    }

    private static OldMessage Read(ReadOnlySpan<byte> message)
    {
        Assert.Equal(Crc32.HashToUInt32(message[MagicPosition..]), BinaryPrimitives.ReadUInt32BigEndian(message[CrcPosition..]));
        byte magic = message[MagicPosition];
        Assert.Equal(0, message[MagicPosition + 1] & 7);
        int position = MagicPosition + 2;
        long timestamp = magic == 0 ? -1 : BinaryPrimitives.ReadInt64BigEndian(message[position..]);
        if (magic > 0) position += sizeof(long);
        string? key = ReadText(message, ref position);
        string? value = ReadText(message, ref position);
        Assert.Equal(message.Length, position);
        return new OldMessage(BinaryPrimitives.ReadInt64BigEndian(message), magic, timestamp, key, value);
    }

    private static string? ReadText(ReadOnlySpan<byte> message, ref int position)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(message[position..]);
        position += sizeof(int);
        if (length < 0) return null;
        position += length;
        return Encoding.UTF8.GetString(message.Slice(position - length, length));
    }

    private static byte[] Write(long offset, byte magic, byte attributes, long timestamp, byte[]? key, byte[]? value)
    {
        FrameBytes body = new FrameBytes().Raw(magic, attributes);
        if (magic > 0) body.Int64(timestamp);
        foreach (byte[]? part in (byte[]?[])[key, value]) body.Int32(part?.Length ?? -1).Raw(part ?? []);
        byte[] summed = body.Bare();
        return
        [
            .. new FrameBytes().Int64(offset).Int32(sizeof(int) + summed.Length).Int32((int)Crc32.HashToUInt32(summed)).Bare(),
            .. summed,
        ];
    }

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);
}
