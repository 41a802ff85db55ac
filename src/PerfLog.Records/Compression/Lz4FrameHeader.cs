using System.Buffers.Binary;
using System.IO.Hashing;

namespace PerfLog.Records;

/// <summary>
/// The head of an lz4 frame. Little-endian.
/// <code>
/// at  size  field
///  0   4    magic 0x184D2204
///  4   1    flags: version 01, blocks independent, block checksum, content size, content checksum, 0, dictionary id
///  5   1    block size code in bits 4..6: 64 KiB, 256 KiB, 1 MiB, 4 MiB are 4 to 7
///  6   0/8  content size, when flagged
///  ..  1    second byte of the xxHash-32 of the descriptor, which is all that lies after the magic
/// </code>
/// </summary>
internal readonly ref struct Lz4FrameHeader
{
    private const uint Magic = 0x184D2204;
    private const int MagicBytes = 4;
    private const byte Version = 0x40;
    private const byte VersionMask = 0xC0;
    private const byte IndependentFlag = 0x20;
    private const byte BlockChecksumFlag = 0x10;
    private const byte ContentSizeFlag = 0x08;
    private const byte ContentChecksumFlag = 0x04;
    private const byte UnsupportedFlags = 0x03;
    private const int SmallestBlockCode = 4;
    private const byte UnsupportedBlockBits = 0x8F;

    /// <summary>The bytes of the heads that this writes: no content size.</summary>
    public const int WrittenBytes = 7;

    /// <summary>The block size of the heads that this writes.</summary>
    public const int WrittenBlockBytes = 64 * 1024;

    public int SizeBytes { get; private init; }

    public int BlockBytesMax { get; private init; }

    public bool BlocksAreIndependent { get; private init; }

    public bool HasBlockChecksums { get; private init; }

    public bool HasContentChecksum { get; private init; }

    public static void Write(Span<byte> destination, Lz4Checksum checksum)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        destination[4] = Version | IndependentFlag;
        destination[5] = SmallestBlockCode << 4;
        destination[6] = Sum(destination[..6], checksum);
    }

    /// <returns>What is wrong with the head; null when nothing is.</returns>
    public static string? Read(ReadOnlySpan<byte> frame, Lz4Checksum checksum, out Lz4FrameHeader header)
    {
        header = default;
        if (frame.Length < WrittenBytes) return CompressionFault.Lz4;
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic) return CompressionFault.Lz4;
        byte flags = frame[4];
        int blockCode = frame[5] >> 4;
        if ((flags & VersionMask) != Version || (flags & UnsupportedFlags) != 0) return CompressionFault.Lz4Header;
        if ((frame[5] & UnsupportedBlockBits) != 0 || blockCode < SmallestBlockCode) return CompressionFault.Lz4Header;

        int sumAt = (flags & ContentSizeFlag) == 0 ? 6 : 14;
        if (frame.Length <= sumAt) return CompressionFault.Lz4;
        if (!IsSummed(frame[..sumAt], frame[sumAt], checksum)) return CompressionFault.Lz4Checksum;
        header = new Lz4FrameHeader
        {
            SizeBytes = sumAt + 1,
            BlockBytesMax = 1 << (8 + (2 * blockCode)),
            BlocksAreIndependent = (flags & IndependentFlag) != 0,
            HasBlockChecksums = (flags & BlockChecksumFlag) != 0,
            HasContentChecksum = (flags & ContentChecksumFlag) != 0,
        };
        return null;
    }

    private static bool IsSummed(ReadOnlySpan<byte> head, byte sum, Lz4Checksum checksum) =>
        sum == Sum(head, Lz4Checksum.Standard) || (checksum == Lz4Checksum.WithMagic && sum == Sum(head, checksum));

    private static byte Sum(ReadOnlySpan<byte> head, Lz4Checksum checksum)
    {
        ReadOnlySpan<byte> summed = checksum == Lz4Checksum.WithMagic ? head : head[MagicBytes..];
        return (byte)(XxHash32.HashToUInt32(summed) >> 8);
    }
}
