using System.Buffers.Binary;

namespace PerfLog.Benchmarks.Clients;

/// <summary>
/// A record's value by which it is known again: its number, the number's complement, and then bytes that are the same in
/// all records of that size.
/// </summary>
internal static class NumberedValue
{
    private const int NumberBytes = sizeof(long) + sizeof(long);

    /// <summary>A value whose number is still to be written.</summary>
    public static byte[] Make(int bytes)
    {
        byte[] value = new byte[bytes];
        for (int at = NumberBytes; at < bytes; at++) value[at] = (byte)(at * 31 + 7);
        return value;
    }

    public static void Number(Span<byte> value, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(value, number);
        BinaryPrimitives.WriteInt64LittleEndian(value[sizeof(long)..], ~number);
    }

    public static long NumberOf(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadInt64LittleEndian(value);

    /// <summary>Whether every byte is as it was made.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> value, ReadOnlySpan<byte> made) =>
        value.Length == made.Length
        && BinaryPrimitives.ReadInt64LittleEndian(value[sizeof(long)..]) == ~NumberOf(value)
        && value[NumberBytes..].SequenceEqual(made[NumberBytes..]);
}

/// <summary>A value as a typed consumer sees it.</summary>
internal readonly record struct Numbered(long Number);
