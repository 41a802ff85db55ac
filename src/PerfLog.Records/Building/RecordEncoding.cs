using System.Text;
using PerfLog.Wire;

namespace PerfLog.Records;

/// <summary>
/// Sizes and bytes of one record; the layout is drawn at <see cref="RecordEnumerator"/>. All methods are pure.
/// </summary>
internal static class RecordEncoding
{
    private const int NullLength = -1;
    private const int AttributesBytes = 1;

    /// <summary>The record's bytes after its length field; a long, because the parts together can pass 2 GiB.</summary>
    public static long BodyBytes(
        long timestampDelta, int offsetDelta, OptionalBytes key, OptionalBytes value, int headersCount, long headersBytes) =>
        AttributesBytes + Varint.SizeOfSigned(timestampDelta) + Varint.SizeOfSigned(offsetDelta)
        + SizeOf(key) + SizeOf(value) + Varint.SizeOfSigned(headersCount) + headersBytes;

    public static long HeadersBytes(ReadOnlySpan<RecordHeader> headers)
    {
        long bytes = 0;
        foreach (ref readonly RecordHeader header in headers)
        {
            int keyBytes = Encoding.UTF8.GetByteCount(header.Key);
            bytes += Varint.SizeOfSigned(keyBytes) + (long)keyBytes + SizeOf(ValueOf(header));
        }

        return bytes;
    }

    /// <summary>Everything up to the headers.</summary>
    public static void WriteBody(
        ref WireWriter writer,
        long timestampDelta,
        int offsetDelta,
        scoped OptionalBytes key,
        scoped OptionalBytes value,
        int headersCount)
    {
        writer.WriteByte(0);
        writer.WriteVarlong(timestampDelta);
        writer.WriteVarint(offsetDelta);
        Write(ref writer, key);
        Write(ref writer, value);
        writer.WriteVarint(headersCount);
    }

    public static void WriteHeaders(ref WireWriter writer, ReadOnlySpan<RecordHeader> headers)
    {
        foreach (ref readonly RecordHeader header in headers)
        {
            int keyBytes = Encoding.UTF8.GetByteCount(header.Key);
            writer.WriteVarint(keyBytes);
            writer.Advance(Encoding.UTF8.GetBytes(header.Key, writer.Free));
            Write(ref writer, ValueOf(header));
        }
    }

    private static OptionalBytes ValueOf(in RecordHeader header) =>
        header.Value is { } value ? new OptionalBytes(value.Span) : OptionalBytes.Null;

    private static long SizeOf(OptionalBytes bytes) =>
        bytes.IsNull ? Varint.SizeOfSigned(NullLength) : Varint.SizeOfSigned(bytes.Span.Length) + (long)bytes.Span.Length;

    private static void Write(ref WireWriter writer, scoped OptionalBytes bytes)
    {
        writer.WriteVarint(bytes.IsNull ? NullLength : bytes.Span.Length);
        writer.WriteRaw(bytes.Span);
    }
}
