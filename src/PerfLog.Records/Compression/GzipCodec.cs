using System.Buffers.Binary;
using System.IO.Compression;
using PerfLog.Buffers;

namespace PerfLog.Records;

/// <summary>gzip, one stream. Any thread may call it.</summary>
internal static class GzipCodec
{
    private const int StepBytes = 16 * 1024;

    /// <summary>A head of 10 bytes and an end of 8, with nothing between them.</summary>
    private const int SizeBytesMin = 18;

    // The library writes nothing at all for no content, which is no gzip stream.
    private static ReadOnlySpan<byte> EmptyStream =>
        [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static bool TryCompress(ReadOnlySpan<byte> bytes, GrowingBuffer destination)
    {
        if (bytes.IsEmpty) return destination.TryWrite(EmptyStream);
        using var sink = new BufferSink(destination);
        using (var gzip = new GZipStream(sink, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return !sink.Overflowed;
    }

    public static string? Decompress(ReadOnlySpan<byte> bytes, GrowingBuffer destination)
    {
        using var input = new PooledCopy(bytes);
        using var gzip = new GZipStream(input.OpenRead(), CompressionMode.Decompress);
        int start = destination.WrittenBytes;
        try
        {
            return Copy(gzip, destination) ?? CheckEnd(bytes, destination.WrittenBytes - start);
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

    // The library takes a stream that is cut off for one that ends. Other readers do not, so it may not pass: a stream
    // ends with its content's size. (Of several streams end to end only the last one's is there; no client sends such.)
    private static string? CheckEnd(ReadOnlySpan<byte> bytes, int contentBytes) =>
        bytes.Length >= SizeBytesMin && BinaryPrimitives.ReadInt32LittleEndian(bytes[^sizeof(int)..]) == contentBytes
            ? null
            : CompressionFault.Gzip;
}
