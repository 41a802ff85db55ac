using System.Buffers.Binary;
using System.Text;

namespace PerfLog.Wire;

/// <summary>
/// Writes big-endian fields into a buffer whose size was computed beforehand (<see cref="WireSize"/>). It lives on the
/// stack; writing past the end throws, because then the computed size was wrong.
/// </summary>
public ref struct WireWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private int _position;

    public readonly int Position => _position;

    public readonly Span<byte> Written => _destination[.._position];

    public readonly Span<byte> Free => _destination[_position..];

    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    public void WriteByte(byte value) => _destination[_position++] = value;

    public void WriteInt8(sbyte value) => WriteByte((byte)value);

    public void WriteInt16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_destination[_position..], value);
        _position += sizeof(short);
    }

    public void WriteUInt16(ushort value) => WriteInt16((short)value);

    public void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_destination[_position..], value);
        _position += sizeof(int);
    }

    public void WriteUInt32(uint value) => WriteInt32((int)value);

    public void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_destination[_position..], value);
        _position += sizeof(long);
    }

    public void WriteFloat64(double value) => WriteInt64(BitConverter.DoubleToInt64Bits(value));

    public void WriteUuid(Uuid value)
    {
        value.Write(_destination[_position..]);
        _position += Uuid.SizeBytes;
    }

    public void WriteUnsignedVarint(uint value) => _position += Varint.Write(_destination[_position..], value);

    public void WriteVarint(int value) => _position += Varint.WriteSigned(_destination[_position..], value);

    public void WriteVarlong(long value) => _position += Varint.WriteSigned(_destination[_position..], value);

    public void WriteString(string? value, bool compact)
    {
        if (value is null)
        {
            WriteNullLength(compact, sizeof(short));
            return;
        }

        int bytes = Encoding.UTF8.GetByteCount(value);
        WriteStringLength(bytes, compact);
        _position += Encoding.UTF8.GetBytes(value, _destination[_position..]);
    }

    /// <summary>Writes a string whose UTF-8 bytes are at hand.</summary>
    public void WriteStringBytes(scoped ReadOnlySpan<byte> utf8, bool compact)
    {
        WriteStringLength(utf8.Length, compact);
        WriteRaw(utf8);
    }

    public void WriteBytes(scoped ReadOnlySpan<byte> value, bool compact)
    {
        WriteBytesLength(value.Length, compact);
        WriteRaw(value);
    }

    public void WriteNullBytes(bool compact) => WriteNullLength(compact, sizeof(int));

    /// <summary>The length of bytes or records that follow by another way, such as a file region.</summary>
    public void WriteBytesLength(int bytes, bool compact)
    {
        if (compact) WriteUnsignedVarint((uint)bytes + 1);
        else WriteInt32(bytes);
    }

    /// <summary>An array's count, or -1 for null.</summary>
    public void WriteArrayLength(int count, bool compact)
    {
        if (compact) WriteUnsignedVarint((uint)(count + 1));
        else WriteInt32(count);
    }

    public void WriteEmptyTaggedFields() => WriteByte(0);

    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[_position..]);
        _position += bytes.Length;
    }

    /// <summary>Moves past bytes that were written into <see cref="Free"/> by another way.</summary>
    public void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)Free.Length, nameof(bytes));
        _position += bytes;
    }

    private void WriteStringLength(int bytes, bool compact)
    {
        if (bytes > short.MaxValue) throw new ArgumentException($"A string of {bytes} bytes is over the protocol's limit of {short.MaxValue}.");
        if (compact) WriteUnsignedVarint((uint)bytes + 1);
        else WriteInt16((short)bytes);
    }

    private void WriteNullLength(bool compact, int lengthBytes)
    {
        if (compact) WriteByte(0);
        else if (lengthBytes == sizeof(short)) WriteInt16(-1);
        else WriteInt32(-1);
    }
}
