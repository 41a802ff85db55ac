using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PerfLog.Records;

/// <summary>What a view lies on: a record's bytes and the size of their head. Fields that the head does not reach are missing.</summary>
public readonly ref struct LogRecordBytes
{
    /// <summary>Given instead of a slot before the first one.</summary>
    public const int NoSlot = 0;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _headBytes;

    private LogRecordBytes(ReadOnlySpan<byte> bytes, int headBytes)
    {
        _bytes = bytes;
        _headBytes = headBytes;
    }

    /// <param name="bytes">The record.</param>
    /// <param name="header">What records of this version start with.</param>
    /// <param name="type">The type, to be named.</param>
    public static LogRecordBytes Of(ReadOnlySpan<byte> bytes, uint header, string type)
    {
        // One comparison for what this version wrote.
        int known = (int)(header >> LogRecordReader.HeadBytesShift);
        if (bytes.Length >= known && MemoryMarshal.Read<uint>(bytes) == header) return new LogRecordBytes(bytes, known);
        return new LogRecordBytes(bytes, LogRecordReader.HeadBytes(bytes, header, type));
    }

    /// <summary>A value of fixed width; its default when it is missing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Get<T>(int slot)
        where T : unmanaged => slot + Unsafe.SizeOf<T>() <= _headBytes ? MemoryMarshal.Read<T>(_bytes[slot..]) : default;

    /// <summary>Whether a part is there and not null.</summary>
    public bool Has(int slot) => slot + sizeof(uint) <= _headBytes && !LogRecordReader.IsNull(MemoryMarshal.Read<uint>(_bytes[slot..]));

    /// <summary>A part of varying length; empty when it is null or missing.</summary>
    /// <param name="slot">Where its slot is.</param>
    /// <param name="before">Where the slot of the part before it is; <see cref="NoSlot"/> for the first.</param>
    /// <param name="field">The field, to be named.</param>
    public ReadOnlySpan<byte> Part(int slot, int before, string field)
    {
        if (slot + sizeof(uint) > _headBytes) return default;
        uint end = MemoryMarshal.Read<uint>(_bytes[slot..]);
        if (LogRecordReader.IsNull(end)) return default;
        uint start = before == NoSlot ? (uint)_headBytes : MemoryMarshal.Read<uint>(_bytes[before..]) & ~LogRecordReader.NullBit;
        if (start > end || end > (uint)_bytes.Length) RecordFault.Part(field, (int)start, end, _bytes.Length);
        return _bytes[(int)start..(int)end];
    }
}
