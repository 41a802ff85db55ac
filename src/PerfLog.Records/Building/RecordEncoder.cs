using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
        long body = AttributesBytes + SizeOf(time) + SizeOf(offset) + SizeOf(keyCode) + (long)key.Span.Length
            + SizeOf(valueCode) + value.Span.Length + SizeOf(count) + headersBytes;
        if (body + Varint.MaxBytes32 > free.Length && body + Varint.SizeOfSigned(body) > free.Length) return 0;

        // There is room for all of it from here on, so that no single byte needs to be checked.
        ref byte start = ref MemoryMarshal.GetReference(free);
        ref byte at = ref Put(ref start, Varint.ZigZag((int)body));
        at = 0;
        at = ref Put(ref Unsafe.Add(ref at, AttributesBytes), time);
        at = ref Put(ref at, offset);
        at = ref PutBytes(ref Put(ref at, keyCode), key.Span);
        at = ref PutBytes(ref Put(ref at, valueCode), value.Span);
        at = ref Put(ref at, count);
        int written = (int)Unsafe.ByteOffset(ref start, ref at);
        return headers.IsEmpty ? written : written + PutHeaders(free[written..], headers);
    }

    private static uint LengthCode(scoped in OptionalBytes bytes) => bytes.HasValue ? (uint)bytes.Span.Length << 1 : NullCode;

    // Nearly every number of a record takes one or two bytes, which a look at it tells sooner than arithmetic.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SizeOf(ulong code) => code < 0x80 ? 1 : code < 0x4000 ? 2 : Varint.SizeOf(code);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref byte Put(ref byte at, ulong code)
    {
        if (code < 0x80)
        {
            at = (byte)code;
            return ref Unsafe.Add(ref at, 1);
        }

        if (code >= 0x4000) return ref Unsafe.Add(ref at, Varint.Write(MemoryMarshal.CreateSpan(ref at, Varint.MaxBytes64), code));
        at = (byte)(code | 0x80);
        Unsafe.Add(ref at, 1) = (byte)(code >> 7);
        return ref Unsafe.Add(ref at, 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref byte PutBytes(ref byte at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(MemoryMarshal.CreateSpan(ref at, bytes.Length));
        return ref Unsafe.Add(ref at, bytes.Length);
    }

    private static int PutHeaders(Span<byte> free, ReadOnlySpan<RecordHeader> headers)
    {
        var writer = new WireWriter(free);
        RecordEncoding.WriteHeaders(ref writer, headers);
        return writer.Position;
    }
}
