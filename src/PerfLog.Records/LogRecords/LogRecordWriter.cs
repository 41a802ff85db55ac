using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace PerfLog.Records;

/// <summary>
/// Writes a record's parts of varying length, for emitted code. Each method appends one part behind those before it, moves
/// <c>end</c>, and returns what its slot holds.
/// </summary>
public static class LogRecordWriter
{
    /// <summary>Records estimated below this are written without counting their bytes first.</summary>
    public const int EstimateBytesMax = 2 * 1024;

    // A UTF-16 unit becomes three bytes of UTF-8 at most.
    private const int Utf8BytesPerCharMax = 3;

    /// <summary>The size of a text's part: what it is, or what it can be at most.</summary>
    public static long Size(string? text, bool exactly)
    {
        if (text is null) return 0;
        return exactly ? Encoding.UTF8.GetByteCount(text) : (long)text.Length * Utf8BytesPerCharMax;
    }

    /// <inheritdoc cref="Size(string?, bool)"/>
    public static long Size(ReadOnlySpan<string> texts, bool exactly)
    {
        long size = TableSize(texts.Length);
        foreach (string text in texts) size += Size(text, exactly);
        return size;
    }

    /// <summary>The size of a table of so many parts.</summary>
    public static long TableSize(int count) => sizeof(uint) * (1L + count);

    /// <summary>A size that a record can have.</summary>
    /// <exception cref="InvalidOperationException">It is too large.</exception>
    /// <exception cref="PlatformNotSupportedException">This machine's numbers are not the format's.</exception>
    public static int Checked(long size)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Record types need a little-endian machine.");
        return size <= Array.MaxLength ? (int)size : throw new InvalidOperationException($"A record of {size} bytes is too large.");
    }

    /// <summary>The slot of a part that is null.</summary>
    public static uint Null(int end) => (uint)end | LogRecordReader.NullBit;

    /// <summary>Text as UTF-8; half a surrogate pair becomes U+FFFD.</summary>
    public static uint Text(string text, Span<byte> destination, ref int end)
    {
        // Most texts are ASCII, and finding that out while copying costs least.
        if (Ascii.FromUtf16(text, destination[end..], out int written) != OperationStatus.Done)
        {
            Span<byte> rest = destination[(end + written)..];
            OperationStatus status = Utf8.FromUtf16(text.AsSpan(written), rest, out _, out int more);
            if (status != OperationStatus.Done) throw new InvalidOperationException("A record changed while it was written.");
            written += more;
        }

        end += written;
        return (uint)end;
    }

    /// <summary>Values whose memory is their form.</summary>
    public static uint Values<T>(ReadOnlySpan<T> values, Span<byte> destination, ref int end)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        bytes.CopyTo(destination[end..]);
        end += bytes.Length;
        return (uint)end;
    }

    /// <summary>Values that have another form.</summary>
    public static uint Slots<TSlot, T>(ReadOnlySpan<T> values, Span<byte> destination, ref int end)
        where TSlot : unmanaged, IRecordSlot<TSlot, T>
    {
        Span<TSlot> slots = MemoryMarshal.Cast<byte, TSlot>(destination[end..])[..values.Length];
        for (int index = 0; index < values.Length; index++) slots[index] = TSlot.Of(values[index]);
        end += MemoryMarshal.AsBytes(slots).Length;
        return (uint)end;
    }

    /// <summary>Texts, behind a table of their ends.</summary>
    public static uint Texts(ReadOnlySpan<string> texts, Span<byte> destination, ref int end, string field)
    {
        int start = end;
        Span<uint> ends = Table(texts.Length, destination, ref end);
        for (int index = 0; index < texts.Length; index++)
        {
            Text(texts[index] ?? throw NullOf(field), destination, ref end);
            ends[index] = (uint)(end - start);
        }

        return (uint)end;
    }

    /// <summary>Starts a list of parts: their number, and room for their ends, which count from the list's start.</summary>
    public static Span<uint> Table(int count, Span<byte> destination, ref int end)
    {
        Span<uint> table = MemoryMarshal.Cast<byte, uint>(destination[end..])[..(count + 1)];
        table[0] = (uint)count;
        end += table.Length * sizeof(uint);
        return table[1..];
    }

    /// <summary>A value cannot be written: a field that cannot be null is.</summary>
    public static InvalidOperationException NullOf(string field) => new($"{field} is null, and the field cannot be.");

    /// <summary>A union's value is none of its cases.</summary>
    public static InvalidOperationException NoCaseOf(string union, object? value) =>
        new($"{value?.GetType().Name ?? "null"} is no case of {union}.");

    /// <summary>A record that contains itself, at some depth, is too deep to be written.</summary>
    public static InvalidOperationException TooDeep(string type) => new($"{type} contains itself too deeply to be written.");
}
