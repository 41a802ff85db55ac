using System.Numerics;

namespace PerfLog.Wire;

/// <summary>
/// The protocol's variable-length integers: seven bits a byte, low group first, the top bit says "more follows".
/// Signed ones are zigzag-coded first. All methods are pure.
/// </summary>
public static class Varint
{
    public const int MaxBytes32 = 5;
    public const int MaxBytes64 = 10;

    public static uint ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static int UnZigZag(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>The bytes that an unsigned varint takes: one for each started group of seven bits.</summary>
    public static int SizeOf(uint value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <inheritdoc cref="SizeOf(uint)"/>
    public static int SizeOf(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    public static int SizeOfSigned(int value) => SizeOf(ZigZag(value));

    public static int SizeOfSigned(long value) => SizeOf(ZigZag(value));

    /// <summary>Writes an unsigned varint and returns the bytes written.</summary>
    public static int Write(Span<byte> destination, uint value) => Write(destination, (ulong)value);

    /// <inheritdoc cref="Write(Span{byte}, uint)"/>
    public static int Write(Span<byte> destination, ulong value)
    {
        int position = 0;
        while (value >= 0x80)
        {
            destination[position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[position++] = (byte)value;
        return position;
    }

    public static int WriteSigned(Span<byte> destination, int value) => Write(destination, (ulong)ZigZag(value));

    public static int WriteSigned(Span<byte> destination, long value) => Write(destination, ZigZag(value));

    /// <summary>Reads an unsigned varint of at most 32 bits.</summary>
    /// <returns>The bytes read; 0 when the source ends inside the number or the number is longer than five bytes or
    /// holds more than 32 bits.</returns>
    public static int Read(ReadOnlySpan<byte> source, out uint value)
    {
        if (!source.IsEmpty && source[0] < 0x80)
        {
            value = source[0];
            return 1;
        }

        int bytes = Read(source.Length > MaxBytes32 ? source[..MaxBytes32] : source, out ulong wide);
        value = (uint)wide;
        return wide > uint.MaxValue ? 0 : bytes;
    }

    /// <summary>Reads an unsigned varint of at most 64 bits.</summary>
    /// <returns>The bytes read; 0 when the source ends inside the number or the number is longer than ten bytes.</returns>
    public static int Read(ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        int end = Math.Min(source.Length, MaxBytes64);
        for (int index = 0; index < end; index++)
        {
            byte current = source[index];
            value |= (ulong)(current & 0x7f) << (7 * index);
            if (current < 0x80) return index == MaxBytes64 - 1 && current > 1 ? 0 : index + 1;
        }

        return 0;
    }

    public static int ReadSigned(ReadOnlySpan<byte> source, out int value)
    {
        int bytes = Read(source, out uint raw);
        value = UnZigZag(raw);
        return bytes;
    }

    public static int ReadSigned(ReadOnlySpan<byte> source, out long value)
    {
        int bytes = Read(source, out ulong raw);
        value = UnZigZag(raw);
        return bytes;
    }
}
