using System.Buffers.Binary;
using System.IO.Hashing;

namespace PerfLog.Metadata;

/// <summary>
/// The unit that is written and checked as a whole. All numbers are big-endian.
/// <code>
/// byte  0  4  marker "PLZ1"
///       4  4  length of the body
///       8  4  CRC-32 of bytes 4..7 and the body
///      12  n  body: see SnapshotCodec and TransactionCodec
/// </code>
/// </summary>
internal static class JournalFrame
{
    public const int HeaderBytes = 12;
    private const int LengthAt = 4;
    private const int CrcAt = 8;

    public static ReadOnlySpan<byte> Marker => "PLZ1"u8;

    /// <summary>Sets a body into a frame.</summary>
    public static byte[] Around(ReadOnlySpan<byte> body)
    {
        var frame = new byte[HeaderBytes + body.Length];
        Marker.CopyTo(frame);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(LengthAt), body.Length);
        body.CopyTo(frame.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(CrcAt), Checksum(frame));
        return frame;
    }

    /// <summary>Takes the frame that starts at the first byte, if it is whole and sound.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (bytes.Length < HeaderBytes || !bytes.StartsWith(Marker)) return false;
        int length = BinaryPrimitives.ReadInt32BigEndian(bytes[LengthAt..]);
        if (length < 0 || length > bytes.Length - HeaderBytes) return false;
        ReadOnlySpan<byte> frame = bytes[..(HeaderBytes + length)];
        if (Checksum(frame) != BinaryPrimitives.ReadUInt32BigEndian(frame[CrcAt..])) return false;
        body = frame[HeaderBytes..];
        return true;
    }

    /// <summary>True when a sound frame begins anywhere in the bytes.</summary>
    public static bool AnyIn(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf(Marker) is var start and >= 0)
        {
            if (TryRead(bytes[start..], out _)) return true;
            bytes = bytes[(start + 1)..];
        }

        return false;
    }

    private static uint Checksum(ReadOnlySpan<byte> frame)
    {
        var crc = new Crc32();
        crc.Append(frame[LengthAt..CrcAt]);
        crc.Append(frame[HeaderBytes..]);
        return crc.GetCurrentHashAsUInt32();
    }
}
