using PerfLog.Buffers;

namespace PerfLog.Records;

/// <summary>
/// Compression inside old messages: no zstd, and in magic 0 lz4 frames with a head summed in its own way.
/// </summary>
internal static class LegacyCompression
{
    public static bool IsAllowed(CompressionCodec codec) => codec <= CompressionCodec.Lz4;

    public static bool TryCompress(CompressionCodec codec, byte magic, ReadOnlySpan<byte> bytes, GrowingBuffer destination) =>
        codec == CompressionCodec.Lz4
            ? Lz4Codec.TryCompress(bytes, destination, ChecksumOf(magic))
            : RecordCompression.TryCompress(codec, bytes, destination);

    /// <returns>What is wrong with the bytes; null when nothing is.</returns>
    public static string? Decompress(CompressionCodec codec, byte magic, ReadOnlySpan<byte> bytes, GrowingBuffer destination)
    {
        if (codec == CompressionCodec.Lz4) return Lz4Codec.Decompress(bytes, destination, ChecksumOf(magic));
        RecordCompression.TryDecompress(codec, bytes, destination, out string? fault);
        return fault;
    }

    private static Lz4Checksum ChecksumOf(byte magic) =>
        magic == LegacyMessageLayout.Magic0 ? Lz4Checksum.WithMagic : Lz4Checksum.Standard;
}
