using System.Text;

namespace PerfLog.Wire;

/// <summary>The bytes that <see cref="WireWriter"/> writes for a value. All methods are pure.</summary>
public static class WireSize
{
    public static int String(string? value, bool compact) =>
        value is null ? NullString(compact) : StringBytes(Encoding.UTF8.GetByteCount(value), compact);

    /// <summary>A string that takes <paramref name="utf8Bytes"/> bytes, with its length field.</summary>
    public static int StringBytes(int utf8Bytes, bool compact) =>
        (compact ? Varint.SizeOf((uint)utf8Bytes + 1) : sizeof(short)) + utf8Bytes;

    public static int Bytes(int bytes, bool compact) => BytesLength(bytes, compact) + bytes;

    /// <summary>The length field alone.</summary>
    public static int BytesLength(int bytes, bool compact) => compact ? Varint.SizeOf((uint)bytes + 1) : sizeof(int);

    public static int NullString(bool compact) => compact ? 1 : sizeof(short);

    public static int NullBytes(bool compact) => compact ? 1 : sizeof(int);

    public static int ArrayLength(int count, bool compact) => compact ? Varint.SizeOf((uint)(count + 1)) : sizeof(int);

    public static int NullArray(bool compact) => compact ? 1 : sizeof(int);
}
