using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace PerfLog.Records;

/// <summary>
/// Writes and reads the parts of a key, for emitted code. Numbers are big-endian, as in Java's serializers; a text is its UTF-8,
/// and unless it is the last part two bytes before it say how long it is; a Guid is its 16 bytes in the order of its text. So a key of one number
/// or one text is what that type's own serde writes.
/// </summary>
public static class RecordKeys
{
    private const int Utf8BytesPerCharMax = 3;

    /// <summary>The room that a text needs at most, its length included.</summary>
    public static int Size(string text) => sizeof(ushort) + (text.Length * Utf8BytesPerCharMax);

    /// <summary>Appends a number.</summary>
    public static void Write<T>(T value, Span<byte> destination, ref int end)
        where T : unmanaged, IBinaryInteger<T> => end += value.WriteBigEndian(destination[end..]);

    /// <summary>Appends a Guid, in the order of its text.</summary>
    public static void Write(Guid value, Span<byte> destination, ref int end)
    {
        value.TryWriteBytes(destination[end..], bigEndian: true, out int written);
        end += written;
    }

    /// <summary>Appends a text.</summary>
    /// <exception cref="InvalidOperationException">It is too long to stand before another part.</exception>
    public static void Write(string text, bool isLast, Span<byte> destination, ref int end)
    {
        if (isLast)
        {
            end += Encoding.UTF8.GetBytes(text, destination[end..]);
            return;
        }

        int bytes = Encoding.UTF8.GetBytes(text, destination[(end + sizeof(ushort))..]);
        if (bytes > ushort.MaxValue) throw new InvalidOperationException($"A text of {bytes} bytes cannot stand before another part of a key.");
        BinaryPrimitives.WriteUInt16BigEndian(destination[end..], (ushort)bytes);
        end += sizeof(ushort) + bytes;
    }

    /// <summary>Takes the next number.</summary>
    public static T Read<T>(ref ReadOnlySpan<byte> rest, string part)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        ReadOnlySpan<byte> bytes = Take(ref rest, T.MaxValue.GetByteCount(), part);
        return T.ReadBigEndian(bytes, isUnsigned: T.IsZero(T.MinValue));
    }

    /// <summary>Takes the next Guid.</summary>
    public static Guid ReadGuid(ref ReadOnlySpan<byte> rest, string part) => new(Take(ref rest, 16, part), bigEndian: true);

    /// <summary>Takes the next text.</summary>
    public static string ReadText(ref ReadOnlySpan<byte> rest, bool isLast, string part)
    {
        int bytes = isLast ? rest.Length : BinaryPrimitives.ReadUInt16BigEndian(Take(ref rest, sizeof(ushort), part));
        return LogRecordReader.Text(Take(ref rest, bytes, part), part);
    }

    /// <summary>Nothing may follow the last part.</summary>
    public static void End(ReadOnlySpan<byte> rest, string key)
    {
        if (!rest.IsEmpty) throw new RecordMismatchException(key, $"is followed by {rest.Length} bytes that are no part of it");
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> rest, int bytes, string part)
    {
        if (bytes > rest.Length) throw new RecordMismatchException(part, $"needs {bytes} bytes, and {rest.Length} are left");
        ReadOnlySpan<byte> taken = rest[..bytes];
        rest = rest[bytes..];
        return taken;
    }
}
