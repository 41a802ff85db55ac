using System.Buffers.Binary;
using K4os.Compression.LZ4;
using PerfLog.Buffers;

namespace PerfLog.Records;

/// <summary>
/// lz4 frames: a head, blocks, each an int32 (little-endian) of its bytes with the top bit for "not compressed", and an
/// int32 of 0. Any thread may call it.
/// </summary>
internal static class Lz4Codec
{
    private const uint StoredFlag = 0x80000000;

    public static bool TryCompress(ReadOnlySpan<byte> bytes, GrowingBuffer destination, Lz4Checksum checksum)
    {
        if (!destination.TryGetSpan(Lz4FrameHeader.WrittenBytes, out Span<byte> head)) return false;
        Lz4FrameHeader.Write(head, checksum);
        destination.Advance(Lz4FrameHeader.WrittenBytes);
        while (!bytes.IsEmpty)
        {
            int blockBytes = Math.Min(Lz4FrameHeader.WrittenBlockBytes, bytes.Length);
            if (!TryCompressBlock(bytes[..blockBytes], destination)) return false;
            bytes = bytes[blockBytes..];
        }

        return destination.TryWrite([0, 0, 0, 0]);
    }

    /// <summary>Reads one frame, or several end to end.</summary>
    /// <returns>What is wrong with the bytes; null when nothing is.</returns>
    public static string? Decompress(ReadOnlySpan<byte> bytes, GrowingBuffer destination, Lz4Checksum checksum)
    {
        do
        {
            string? fault = Lz4FrameHeader.Read(bytes, checksum, out Lz4FrameHeader header);
            if (fault is not null) return fault;
            var frame = new Lz4FrameReader(header, bytes[header.SizeBytes..], destination);
            fault = frame.Decompress();
            if (fault is not null) return fault;
            bytes = frame.Rest;
        }
        while (!bytes.IsEmpty);

        return null;
    }

    private static bool TryCompressBlock(ReadOnlySpan<byte> block, GrowingBuffer destination)
    {
        // The encoder must win at least a byte, or the block is stored as it is, which near the limit may not fit.
        int bytesMax = Math.Min(sizeof(uint) + block.Length, destination.FreeBytes);
        if (bytesMax <= sizeof(uint) || !destination.TryGetSpan(bytesMax, out Span<byte> free)) return false;
        free = free[..bytesMax];
        int compressedMax = Math.Min(block.Length - 1, bytesMax - sizeof(uint));
        int compressed = LZ4Codec.Encode(block, free.Slice(sizeof(uint), compressedMax));
        bool stored = compressed <= 0;
        if (stored && block.Length > bytesMax - sizeof(uint)) return false;
        if (stored) block.CopyTo(free[sizeof(uint)..]);
        int written = stored ? block.Length : compressed;
        BinaryPrimitives.WriteUInt32LittleEndian(free, (uint)written | (stored ? StoredFlag : 0));
        destination.Advance(sizeof(uint) + written);
        return true;
    }
}
