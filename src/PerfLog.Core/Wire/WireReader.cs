using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace PerfLog.Wire;

/// <summary>
/// Reads big-endian fields of one frame, in place. It lives on the stack and ends with the frame.
/// </summary>
/// <remarks>
/// The first bad field makes the reader <see cref="Failed"/>: from then on every read answers an empty value and nothing
/// moves, so that a message is read straight through and checked once at its end. A count is never trusted beyond the
/// bytes that are left, which bounds what a lying frame can make a caller allocate.
/// </remarks>
public ref struct WireReader(ReadOnlySpan<byte> frame)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _frame = frame;
    private int _position;
    private string? _failure;

    public readonly int Position => _position;

    /// <summary>All bytes that the reader was given.</summary>
    public readonly ReadOnlySpan<byte> Frame => _frame;

    public readonly int Remaining => _failure is null ? _frame.Length - _position : 0;

    public readonly bool Failed => _failure is not null;

    /// <summary>What was wrong with the first bad field; null while all is well.</summary>
    public readonly string? Failure => _failure;

    /// <summary>Marks the frame as bad. The first reason stays.</summary>
    public void Fail(string reason) => _failure ??= reason;

    public bool ReadBoolean() => ReadByte() != 0;

    public byte ReadByte() => TryTake(1, out ReadOnlySpan<byte> bytes) ? bytes[0] : (byte)0;

    public sbyte ReadInt8() => (sbyte)ReadByte();

    public short ReadInt16() =>
        TryTake(2, out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadInt16BigEndian(bytes) : (short)0;

    public ushort ReadUInt16() =>
        TryTake(2, out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : (ushort)0;

    public int ReadInt32() => TryTake(4, out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadInt32BigEndian(bytes) : 0;

    public uint ReadUInt32() => TryTake(4, out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;

    public long ReadInt64() => TryTake(8, out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;

    public double ReadFloat64() =>
        TryTake(8, out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadDoubleBigEndian(bytes) : 0;

    public Uuid ReadUuid() => TryTake(Uuid.SizeBytes, out ReadOnlySpan<byte> bytes) ? Uuid.Read(bytes) : Uuid.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadUnsignedVarint() => IsAtSmallVarint() ? _frame[_position++] : ReadLongUnsignedVarint();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadVarint() => Varint.UnZigZag(ReadUnsignedVarint());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadVarlong() => IsAtSmallVarint() ? Varint.UnZigZag((ulong)_frame[_position++]) : ReadLongVarlong();

    /// <summary>A string that may not be null; <paramref name="compact"/> in flexible versions.</summary>
    public string ReadString(bool compact)
    {
        string? text = ReadNullableString(compact);
        if (text is null) Fail("a string that may not be null is null");
        return text ?? "";
    }

    public string? ReadNullableString(bool compact)
    {
        ReadOnlySpan<byte> bytes = ReadStringBytes(compact, out bool isNull);
        if (isNull || Failed) return null;
        if (bytes.IsEmpty) return "";
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            Fail("a string is not UTF-8");
            return null;
        }
    }

    /// <summary>A string's UTF-8 bytes, in place and unchecked.</summary>
    public ReadOnlySpan<byte> ReadStringBytes(bool compact, out bool isNull) =>
        TakeOrNull(compact ? ReadCompactLength() : ReadInt16(), out isNull);

    /// <summary>Bytes that may not be null, in place.</summary>
    public ReadOnlySpan<byte> ReadBytes(bool compact)
    {
        ReadOnlySpan<byte> bytes = ReadNullableBytes(compact, out bool isNull);
        if (isNull) Fail("bytes that may not be null are null");
        return bytes;
    }

    public ReadOnlySpan<byte> ReadNullableBytes(bool compact, out bool isNull) =>
        TakeOrNull(compact ? ReadCompactLength() : ReadInt32(), out isNull);

    /// <summary>The count of an array that may not be null.</summary>
    /// <param name="compact">True in flexible versions.</param>
    /// <param name="elementBytesMin">The least bytes that one element takes; a count that cannot fit is refused.</param>
    public int ReadArrayLength(bool compact, int elementBytesMin)
    {
        int count = ReadNullableArrayLength(compact, elementBytesMin);
        if (count < 0) Fail("an array that may not be null is null");
        return Failed ? 0 : count;
    }

    /// <summary>The count of an array, -1 for null. After a failure 0.</summary>
    /// <inheritdoc cref="ReadArrayLength"/>
    public int ReadNullableArrayLength(bool compact, int elementBytesMin)
    {
        int count = compact ? ReadCompactLength() : ReadInt32();
        if (count < -1) Fail("an array has a negative count");
        if ((long)count * elementBytesMin > Remaining) Fail("an array's count is larger than the bytes that are left");
        return Failed ? 0 : count;
    }

    /// <summary>Reads over a tag buffer none of whose fields are known.</summary>
    public void SkipTaggedFields()
    {
        uint count = ReadUnsignedVarint();
        long previous = -1;
        for (uint field = 0; field < count && !Failed; field++)
        {
            uint tag = ReadUnsignedVarint();
            if (tag <= previous) Fail("the tags of a tag buffer do not ascend");
            previous = tag;
            SkipTaggedField(tag);
        }
    }

    /// <summary>Reads over the size and the bytes of a tagged field whose tag was just read.</summary>
    public void SkipTaggedField(uint tag)
    {
        _ = tag;
        Skip(ReadTaggedFieldSize());
    }

    public int ReadTaggedFieldSize()
    {
        uint size = ReadUnsignedVarint();
        if (size > (uint)Remaining) Fail("a tagged field is larger than the bytes that are left");
        return Failed ? 0 : (int)size;
    }

    /// <summary>The position at which the tagged field ends whose tag was just read.</summary>
    public int ReadTaggedFieldEnd()
    {
        int size = ReadTaggedFieldSize();
        return _position + size;
    }

    public void Skip(int bytes) => TryTake(bytes, out _);

    /// <summary>Moves on to a position that was computed before.</summary>
    public void SkipTo(int position) => Skip(position - _position);

    /// <summary>Fails unless what was just read ended where its size said it would.</summary>
    public void RequirePosition(int position)
    {
        if (_position != position) Fail("a tagged field is longer or shorter than its size");
    }

    /// <summary>Takes <paramref name="bytes"/> bytes in place.</summary>
    public ReadOnlySpan<byte> Take(int bytes)
    {
        TryTake(bytes, out ReadOnlySpan<byte> taken);
        return taken;
    }

    /// <summary>The frame's bytes from <paramref name="start"/> up to the present position.</summary>
    public readonly ReadOnlySpan<byte> Since(int start) => _frame[start.._position];

    // Most of them take one byte: records are read at the pace of this check.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool IsAtSmallVarint() =>
        _failure is null && (uint)_position < (uint)_frame.Length && _frame[_position] < 0x80;

    private uint ReadLongUnsignedVarint()
    {
        if (Failed) return 0;
        int bytes = Varint.Read(_frame[_position..], out uint value);
        if (bytes == 0) Fail("a variable-length integer is cut off or longer than five bytes");
        _position += bytes;
        return Failed ? 0 : value;
    }

    private long ReadLongVarlong()
    {
        if (Failed) return 0;
        int bytes = Varint.ReadSigned(_frame[_position..], out long value);
        if (bytes == 0) Fail("a variable-length integer is cut off or longer than ten bytes");
        _position += bytes;
        return Failed ? 0 : value;
    }

    private int ReadCompactLength()
    {
        uint length = ReadUnsignedVarint();
        if (length > int.MaxValue) Fail("a length is larger than the bytes that are left");
        return Failed ? 0 : (int)length - 1;
    }

    private ReadOnlySpan<byte> TakeOrNull(int length, out bool isNull)
    {
        isNull = length == -1 && !Failed;
        if (isNull) return default;
        TryTake(length, out ReadOnlySpan<byte> bytes);
        return bytes;
    }

    private bool TryTake(int bytes, out ReadOnlySpan<byte> taken)
    {
        if (Failed || (uint)bytes > (uint)(_frame.Length - _position))
        {
            Fail(bytes < 0 ? "a length is negative" : "the frame ends inside a field");
            taken = default;
            return false;
        }

        taken = _frame.Slice(_position, bytes);
        _position += bytes;
        return true;
    }
}
