using PerfLog.Buffers;

namespace PerfLog.Records;

/// <summary>
/// Compresses and decompresses the records of a batch. Any thread may call it. Output goes to a buffer with a limit, so
/// that a few bytes which decompress to very many cost no more memory than that limit.
/// </summary>
/// <remarks>Costs beside the work itself: zstd contexts are kept for reuse; lz4 needs none; snappy and gzip make a few
/// small objects a call, because their libraries offer no reusable state.</remarks>
public static class RecordCompression
{
    /// <summary>Whether the number names a codec.</summary>
    public static bool IsKnown(CompressionCodec codec) => codec <= CompressionCodec.Zstd;

    /// <summary>Appends the compressed bytes to <paramref name="destination"/>.</summary>
    /// <returns>False when they go beyond the destination's limit; what was written then means nothing.</returns>
    public static bool TryCompress(CompressionCodec codec, ReadOnlySpan<byte> bytes, GrowingBuffer destination) => codec switch
    {
        CompressionCodec.None => destination.TryWrite(bytes),
        CompressionCodec.Gzip => GzipCodec.TryCompress(bytes, destination),
        CompressionCodec.Snappy => SnappyCodec.TryCompress(bytes, destination),
        CompressionCodec.Lz4 => Lz4Codec.TryCompress(bytes, destination, Lz4Checksum.Standard),
        CompressionCodec.Zstd => ZstdCodec.TryCompress(bytes, destination),
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "There is no such codec."),
    };

    /// <summary>Appends the decompressed bytes to <paramref name="destination"/>.</summary>
    /// <param name="codec">A number that names no codec is a fault like any other.</param>
    /// <param name="bytes">The compressed bytes.</param>
    /// <param name="destination">Its limit bounds the output.</param>
    /// <param name="fault">Why the bytes cannot be decompressed.</param>
    public static bool TryDecompress(
        CompressionCodec codec, ReadOnlySpan<byte> bytes, GrowingBuffer destination, out string? fault)
    {
        fault = codec switch
        {
            CompressionCodec.None => destination.TryWrite(bytes) ? null : CompressionFault.TooLarge,
            CompressionCodec.Gzip => GzipCodec.Decompress(bytes, destination),
            CompressionCodec.Snappy => SnappyCodec.Decompress(bytes, destination),
            CompressionCodec.Lz4 => Lz4Codec.Decompress(bytes, destination, Lz4Checksum.Standard),
            CompressionCodec.Zstd => ZstdCodec.Decompress(bytes, destination),
            _ => CompressionFault.UnknownCodec,
        };
        return fault is null;
    }
}
