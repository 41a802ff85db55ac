using System.Buffers.Binary;
using PerfLog.Buffers;
using Snappier;

namespace PerfLog.Records;

/// <summary>
/// Snappy blocks, in the framing that Java clients read and write:
/// <code>
/// 82 53 4E 41 50 50 59 00   magic
/// int32 version = 1         big-endian, as all that follows
/// int32 compatible = 1
/// then for each block: int32 compressed bytes, and the block
/// </code>
/// Some clients send one bare block without framing; that is read too. Any thread may call it.
/// </summary>
internal static class SnappyCodec
{
    private const int FrameHeaderBytes = 16;
    private const int BlockBytes = 32 * 1024;

    /// <summary>
    /// The best a block can do: three bytes that repeat 64. What claims more is a lie that is not worth a buffer.
    /// </summary>
    private const int RatioMax = 22;

    private static ReadOnlySpan<byte> FrameHeader =>
        [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0x00, 0, 0, 0, 1, 0, 0, 0, 1];

    private static ReadOnlySpan<byte> Magic => FrameHeader[..8];

    public static bool TryCompress(ReadOnlySpan<byte> bytes, GrowingBuffer destination)
    {
        if (!destination.TryWrite(FrameHeader)) return false;
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(BlockBytes, bytes.Length)..])
        {
            if (!TryCompressBlock(bytes[..Math.Min(BlockBytes, bytes.Length)], destination)) return false;
        }

        return true;
    }

    public static string? Decompress(ReadOnlySpan<byte> bytes, GrowingBuffer destination)
    {
        try
        {
            return bytes.StartsWith(Magic) ? DecompressFramed(bytes, destination) : DecompressBlock(bytes, destination);
        }
        catch (InvalidDataException)
        {
            return CompressionFault.Snappy;
        }
    }

    private static bool TryCompressBlock(ReadOnlySpan<byte> block, GrowingBuffer destination)
    {
        // Near the limit the worst case may not fit where the real output does.
        int bytesMax = Math.Min(sizeof(int) + Snappy.GetMaxCompressedLength(block.Length), destination.FreeBytes);
        if (bytesMax < sizeof(int) || !destination.TryGetSpan(bytesMax, out Span<byte> free)) return false;
        if (!Snappy.TryCompress(block, free[sizeof(int)..], out int compressed)) return false;
        BinaryPrimitives.WriteInt32BigEndian(free, compressed);
        destination.Advance(sizeof(int) + compressed);
        return true;
    }

    private static string? DecompressFramed(ReadOnlySpan<byte> bytes, GrowingBuffer destination)
    {
        if (bytes.Length < FrameHeaderBytes) return CompressionFault.Snappy;
        ReadOnlySpan<byte> rest = bytes[FrameHeaderBytes..];
        while (!rest.IsEmpty)
        {
            if (!BinaryPrimitives.TryReadInt32BigEndian(rest, out int blockBytes)) return CompressionFault.Snappy;
            rest = rest[sizeof(int)..];
            if ((uint)blockBytes > (uint)rest.Length) return CompressionFault.Snappy;
            string? fault = DecompressBlock(rest[..blockBytes], destination);
            if (fault is not null) return fault;
            rest = rest[blockBytes..];
        }

        return null;
    }

    private static string? DecompressBlock(ReadOnlySpan<byte> block, GrowingBuffer destination)
    {
        int claimed = Snappy.GetUncompressedLength(block);
        if (claimed < 0 || claimed / RatioMax > block.Length) return CompressionFault.Snappy;
        if (!destination.TryGetSpan(claimed, out Span<byte> free)) return CompressionFault.TooLarge;
        if (!Snappy.TryDecompress(block, free[..claimed], out int written)) return CompressionFault.Snappy;
        if (written != claimed) return CompressionFault.Snappy;
        destination.Advance(written);
        return null;
    }
}
