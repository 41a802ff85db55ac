using System.Buffers;
using PerfLog.Buffers;
using ZstdSharp;

namespace PerfLog.Records;

/// <summary>
/// zstd frames. Any thread may call it; contexts, which are costly to make, are kept for the next call.
/// </summary>
internal static class ZstdCodec
{
    /// <summary>The codec's own default, which Java clients use too.</summary>
    private const int Level = 3;

    /// <summary>More threads than this at once make contexts of their own and throw them away.</summary>
    private const int ContextsKept = 16;

    private const int FirstGuessBytes = 64 * 1024;
    private const int GuessedRatio = 8;

    private static readonly Reusables<Compressor> Compressors = new(static () => new Compressor(Level), ContextsKept);
    private static readonly Reusables<Decompressor> Decompressors = new(static () => new Decompressor(), ContextsKept);

    public static bool TryCompress(ReadOnlySpan<byte> bytes, GrowingBuffer destination)
    {
        Compressor compressor = Compressors.Rent();
        try
        {
            int bytesMax = Compressor.GetCompressBound(bytes.Length);
            if (!destination.TryGetSpan(bytesMax, out Span<byte> free))
                return TryCompressNearLimit(compressor, bytes, bytesMax, destination);
            destination.Advance(compressor.Wrap(bytes, free));
            return true;
        }
        finally
        {
            Compressors.GiveBack(compressor);
        }
    }

    public static string? Decompress(ReadOnlySpan<byte> bytes, GrowingBuffer destination)
    {
        if (bytes.IsEmpty) return CompressionFault.Zstd;
        Decompressor decompressor = Decompressors.Rent();
        try
        {
            return Decompress(decompressor, bytes, destination);
        }
        catch (ZstdException)
        {
            return CompressionFault.Zstd;
        }
        finally
        {
            Decompressors.GiveBack(decompressor);
        }
    }

    // The library wants room for the worst case, which near the limit may not fit where the real output does.
    private static bool TryCompressNearLimit(
        Compressor compressor, ReadOnlySpan<byte> bytes, int bytesMax, GrowingBuffer destination)
    {
        byte[] spare = ArrayPool<byte>.Shared.Rent(bytesMax);
        int written = compressor.Wrap(bytes, spare);
        bool fits = destination.TryWrite(spare.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(spare);
        return fits;
    }

    // Frames seldom say how large they become, so a size is guessed and doubled: the whole output in one block needs no
    // window beside it, whose size a hostile frame could choose. The repeated work at most doubles the cost.
    private static string? Decompress(Decompressor decompressor, ReadOnlySpan<byte> bytes, GrowingBuffer destination)
    {
        long guess = Math.Max(FirstGuessBytes, (long)bytes.Length * GuessedRatio);
        while (true)
        {
            int wanted = (int)Math.Min(guess, destination.FreeBytes);
            destination.TryGetSpan(wanted, out Span<byte> free);
            if (decompressor.TryUnwrap(bytes, free, out int written))
            {
                destination.Advance(written);
                return null;
            }

            if (free.Length >= destination.FreeBytes) return CompressionFault.TooLarge;
            guess = (long)free.Length * 2;
        }
    }
}
