using System.Runtime.CompilerServices;
using PerfLog.Wire;

namespace PerfLog.Records;

/// <summary>
/// Where the parts of one record lie among a batch's plain records. Numbers only, so that a walk which looks at few
/// parts does not pay for all of them.
/// </summary>
/// <remarks>
/// Records are read at the pace of this code, so its position stays in a register: it is passed and given back by
/// value, and a position past the end of the bytes means that something did not fit. From there every step stays past
/// the end.
/// </remarks>
public struct RecordBounds
{
    private const int NullLength = -1;

    /// <summary>The record's time, counted from the batch's base timestamp.</summary>
    public long TimestampDelta;

    /// <summary>The record's offset, counted from the batch's base offset.</summary>
    public int OffsetDelta;

    /// <summary>Where the key starts.</summary>
    public int KeyStart;

    /// <summary>The key's bytes; -1 for a null key.</summary>
    public int KeyLength;

    /// <summary>Where the value starts.</summary>
    public int ValueStart;

    /// <summary>The value's bytes; -1 for a null value.</summary>
    public int ValueLength;

    /// <summary>How many headers there are.</summary>
    public int HeadersCount;

    /// <summary>Where the first header starts, behind their count.</summary>
    public int HeadersStart;

    /// <summary>Where the next record starts.</summary>
    public int End;

    /// <summary>Reads over the record at <paramref name="at"/>.</summary>
    /// <returns>False when the record's parts are misshapen or do not fill its length exactly.</returns>
    public static bool TryRead(ReadOnlySpan<byte> records, int at, out RecordBounds bounds)
    {
        bounds = default;
        int length = ReadVarint(records, ref at);
        int start = at;
        at += sizeof(byte);
        bounds.TimestampDelta = ReadVarlong(records, ref at);
        bounds.OffsetDelta = ReadVarint(records, ref at);
        bounds.KeyLength = ReadVarint(records, ref at);
        bounds.KeyStart = at;
        at = SkipOptional(records, at, bounds.KeyLength);
        bounds.ValueLength = ReadVarint(records, ref at);
        bounds.ValueStart = at;
        at = SkipOptional(records, at, bounds.ValueLength);
        bounds.HeadersCount = ReadVarint(records, ref at);
        bounds.HeadersStart = at;
        if (bounds.HeadersCount != 0) at = SkipHeaders(records, at, bounds.HeadersCount);
        bounds.End = at;
        return at <= records.Length && at - start == length;
    }

    /// <summary>A key or a value; a length of -1 is null.</summary>
    public static OptionalBytes Slice(ReadOnlySpan<byte> records, int start, int length) =>
        length == NullLength ? OptionalBytes.Null : new OptionalBytes(records.Slice(start, length));

    private static int SkipHeaders(ReadOnlySpan<byte> records, int at, int count)
    {
        // A header takes at least two bytes; a count beyond that would only spin until the bytes run out.
        if (count < 0 || count > (records.Length - at) / 2) return PastEnd(records);
        for (int header = 0; header < count && at <= records.Length; header++)
        {
            int keyLength = ReadVarint(records, ref at);
            if (keyLength == NullLength) return PastEnd(records);
            at = SkipOptional(records, at, keyLength);
            int valueLength = ReadVarint(records, ref at);
            at = SkipOptional(records, at, valueLength);
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipOptional(ReadOnlySpan<byte> records, int at, int length)
    {
        if (length == NullLength) return at;
        return (uint)length <= (uint)Math.Max(records.Length - at, 0) ? at + length : PastEnd(records);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadVarint(ReadOnlySpan<byte> records, ref int at)
    {
        if ((uint)at < (uint)records.Length && records[at] < 0x80) return Varint.UnZigZag((uint)records[at++]);
        (int value, at) = ReadLongVarint(records, at);
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ReadVarlong(ReadOnlySpan<byte> records, ref int at)
    {
        if ((uint)at < (uint)records.Length && records[at] < 0x80) return Varint.UnZigZag((ulong)records[at++]);
        at = ReadLongVarlong(records, at, out long value);
        return value;
    }

    private static (int Value, int Next) ReadLongVarint(ReadOnlySpan<byte> records, int at)
    {
        if (at >= records.Length) return (0, PastEnd(records));

        // Two bytes hold every length from 64 to 8191, which is most records and values.
        if (at + 1 < records.Length && records[at + 1] < 0x80)
            return (Varint.UnZigZag((records[at] & 0x7Fu) | ((uint)records[at + 1] << 7)), at + 2);
        int bytes = Varint.ReadSigned(records[at..], out int value);
        return (value, bytes == 0 ? PastEnd(records) : at + bytes);
    }

    private static int ReadLongVarlong(ReadOnlySpan<byte> records, int at, out long value)
    {
        value = 0;
        if (at >= records.Length) return PastEnd(records);
        int bytes = Varint.ReadSigned(records[at..], out value);
        return bytes == 0 ? PastEnd(records) : at + bytes;
    }

    private static int PastEnd(ReadOnlySpan<byte> records) => records.Length + 1;
}
