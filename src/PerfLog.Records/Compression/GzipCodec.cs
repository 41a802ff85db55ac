using System.IO.Compression;
using PerfLog.Buffers;

namespace PerfLog.Records;

/// <summary>gzip streams. Any thread may call it.</summary>
internal static class GzipCodec
{
    private const int StepBytes = 16 * 1024;

    public static bool TryCompress(ReadOnlySpan<byte> bytes, GrowingBuffer destination)
    {
        using var sink = new BufferSink(destination);
        using (var gzip = new GZipStream(sink, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return !sink.Overflowed;
    }

    public static string? Decompress(ReadOnlySpan<byte> bytes, GrowingBuffer destination)
    {
        using var input = new PooledCopy(bytes);
        using var gzip = new GZipStream(input.OpenRead(), CompressionMode.Decompress);
        try
        {
            return Copy(gzip, destination);
        }
        catch (InvalidDataException)
        {
            return CompressionFault.Gzip;
        }
    }

    private static string? Copy(GZipStream gzip, GrowingBuffer destination)
    {
        while (true)
        {
            // At the limit one byte more is asked for, to tell a stream that ends there from one that goes on.
            if (destination.FreeBytes == 0) return gzip.ReadByte() < 0 ? null : CompressionFault.TooLarge;
            destination.TryGetSpan(Math.Min(StepBytes, destination.FreeBytes), out Span<byte> free);
            int read = gzip.Read(free);
            if (read == 0) return null;
            destination.Advance(read);
        }
    }
}
