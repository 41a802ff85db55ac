using System.Runtime.CompilerServices;
using PerfLog.Wire;

namespace PerfLog.Records;

/// <summary>
/// Writes single records where whoever gathers a batch keeps them; the layout is drawn at <see cref="RecordEnumerator"/>.
/// All methods are pure.
/// </summary>
public static class RecordEncoder
{
    private const int AttributesBytes = 1;

    /// <summary>A record's bytes beside key, value and headers at most: its length, attributes, time, offset, the lengths of key
    /// and value, and the count of headers, each at its longest.</summary>
    public const int FramingBytesMax = Varint.MaxBytes32 + AttributesBytes + Varint.MaxBytes64 + (4 * Varint.MaxBytes32);
    private const uint NullCode = 1;

    /// <summary>The bytes that headers take, without their count.</summary>
    public static long HeadersBytes(ReadOnlySpan<RecordHeader> headers) =>
        headers.IsEmpty ? 0 : RecordEncoding.HeadersBytes(headers);

    /// <summary>The bytes that a record takes at most.</summary>
    /// <exception cref="OverflowException">They are more than any batch can hold.</exception>
    public static int SizeMax(scoped in OptionalBytes key, scoped in OptionalBytes value, long headersBytes) =>
        checked((int)(FramingBytesMax + key.Span.Length + (long)value.Span.Length + headersBytes));

    /// <summary>Writes a record, if there is room for it.</summary>
    /// <param name="free">Where to; the record is at its start afterwards.</param>
    /// <param name="timestampDelta">Its time, counted from the batch's first.</param>
    /// <param name="offsetDelta">Its offset, counted from the batch's first.</param>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="headersBytes">What <see cref="HeadersBytes"/> says of them.</param>
    /// <returns>The record's bytes; 0 when there is no room, and nothing was written.</returns>
    public static int TryWrite(
        Span<byte> free,
        long timestampDelta,
        int offsetDelta,
        scoped in OptionalBytes key,
        scoped in OptionalBytes value,
        ReadOnlySpan<RecordHeader> headers,
        long headersBytes)
    {
        ulong time = Varint.ZigZag(timestampDelta);
        uint offset = Varint.ZigZag(offsetDelta);
        uint keyCode = LengthCode(key);
        uint valueCode = LengthCode(value);
        uint count = Varint.ZigZag(headers.Length);

        // A long, because the parts together can pass 2 GiB.
        long body = AttributesBytes + Varint.SizeOf(time) + Varint.SizeOf(offset) + Varint.SizeOf(keyCode) + (long)key.Span.Length
            + Varint.SizeOf(valueCode) + value.Span.Length + Varint.SizeOf(count) + headersBytes;
        if (body + Varint.MaxBytes32 > free.Length && body + Varint.SizeOfSigned(body) > free.Length) return 0;

        int at = Put(free, 0, Varint.ZigZag((int)body));
        free[at++] = 0;
        at = time < 0x80 ? PutByte(free, at, (byte)time) : at + Varint.Write(free[at..], time);
        at = Put(free, at, offset);
        at = PutBytes(free, Put(free, at, keyCode), key.Span);
        at = PutBytes(free, Put(free, at, valueCode), value.Span);
        at = Put(free, at, count);
        return headers.IsEmpty ? at : at + PutHeaders(free[at..], headers);
    }

    private static uint LengthCode(scoped in OptionalBytes bytes) => bytes.HasValue ? (uint)bytes.Span.Length << 1 : NullCode;

    // Nearly every number of a record takes one or two bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Put(Span<byte> free, int at, uint code)
    {
        if (code < 0x80) return PutByte(free, at, (byte)code);
        if (code >= 0x4000) return at + Varint.Write(free[at..], code);
        free[at] = (byte)(code | 0x80);
        free[at + 1] = (byte)(code >> 7);
        return at + 2;
    }

    private static int PutByte(Span<byte> free, int at, byte value)
    {
        free[at] = value;
        return at + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PutBytes(Span<byte> free, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(free[at..]);
        return at + bytes.Length;
    }

    private static int PutHeaders(Span<byte> free, ReadOnlySpan<RecordHeader> headers)
    {
        var writer = new WireWriter(free);
        RecordEncoding.WriteHeaders(ref writer, headers);
        return writer.Position;
    }
}
