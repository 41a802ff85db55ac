using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PerfLog.Records;

/// <summary>
/// Reads records' heads and parts, for emitted code. Every length and count is checked against the bytes that are there before
/// anything is allocated for it. A field's name is passed to be named when the bytes are wrong.
/// </summary>
public static class LogRecordReader
{
    /// <summary>The slot of a part that the record's writer did not know.</summary>
    public const uint Missing = uint.MaxValue;

    /// <summary>The bit of a slot that marks a part as null.</summary>
    internal const uint NullBit = 0x8000_0000;

    internal const int HeaderBytes = sizeof(uint);
    internal const int HeadBytesShift = 16;

    private static ReadOnlySpan<uint> NoEnds => [];

    /// <summary>Whether a part is null, or missing.</summary>
    public static bool IsNull(uint slot) => (slot & NullBit) != 0;

    /// <summary>
    /// Reads the head of a record that another version of its type wrote: as much of it as both know goes to
    /// <paramref name="head"/>, the rest of which keeps its zeros.
    /// </summary>
    /// <param name="bytes">The record.</param>
    /// <param name="header">What records of this version start with.</param>
    /// <param name="ends">Where each field of this version ends: an older record ends at one of these.</param>
    /// <param name="head">The head as this version knows it.</param>
    /// <param name="type">The type, to be named.</param>
    /// <returns>The bytes of the head, where the parts begin.</returns>
    public static int Head(ReadOnlySpan<byte> bytes, uint header, ReadOnlySpan<ushort> ends, Span<byte> head, string type)
    {
        int headBytes = HeadBytes(bytes, header, type);
        if (headBytes < head.Length && !ends.Contains((ushort)headBytes))
            throw new RecordMismatchException(type, $"has a head of {headBytes} bytes, which ends inside a field");
        bytes[..Math.Min(headBytes, head.Length)].CopyTo(head);
        return headBytes;
    }

    /// <summary>One field that a record must have is not in it.</summary>
    public static RecordMismatchException Lacks(string field) => new(field, "is required, and the record was written without it");

    /// <summary>A union's tag stands for no case that is known here.</summary>
    public static RecordMismatchException NoCase(string union, int tag) => new(union, $"has tag {tag}, which is no case known here");

    /// <summary>A record that contains itself does so too deeply.</summary>
    public static RecordMismatchException TooDeep(string type) => new(type, "contains itself too deeply");

    /// <summary>A union's tag, which stands before its record.</summary>
    public static ushort Tag(ReadOnlySpan<byte> bytes, string union) => bytes.Length >= sizeof(ushort)
        ? MemoryMarshal.Read<ushort>(bytes)
        : throw new RecordMismatchException(union, $"has {bytes.Length} bytes, too few for a tag");

    /// <summary>The next part. One that is missing is empty, and so is one that is null because its writer no longer knows the field.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> bytes, scoped ref int start, uint slot, string field)
    {
        int from = start;
        if (slot > (uint)bytes.Length || slot < (uint)from) return NoPart(from, slot, bytes.Length, field);
        start = (int)slot;
        return bytes[from..(int)slot];
    }

    /// <summary>A part that is UTF-8 text.</summary>
    public static string Text(ReadOnlySpan<byte> bytes, ref int start, uint slot, string field) => Text(Part(bytes, ref start, slot, field), field);

    /// <summary>Bytes that are UTF-8 text.</summary>
    /// <exception cref="RecordMismatchException">They are not.</exception>
    public static string Text(ReadOnlySpan<byte> utf8, string field)
    {
        if (utf8.Length <= TextDecoding.ShortBytesMax) return TextDecoding.DecodeShort(utf8, field);
        return TextDecoding.TryAscii(utf8) ?? TextDecoding.DecodeLong(utf8, field);
    }

    /// <summary>Values whose memory is their form, in place.</summary>
    public static ReadOnlySpan<T> Values<T>(ReadOnlySpan<byte> part, string field)
        where T : unmanaged
    {
        int width = Unsafe.SizeOf<T>();
        return part.Length % width == 0 ? MemoryMarshal.Cast<byte, T>(part) : throw RecordFault.Width(field, part.Length, width);
    }

    /// <summary>Values whose memory is their form, as a list.</summary>
    public static List<T> ValueList<T>(ReadOnlySpan<byte> part, string field)
        where T : unmanaged
    {
        ReadOnlySpan<T> values = Values<T>(part, field);
        List<T> list = NewList<T>(values.Length, out Span<T> items);
        values.CopyTo(items);
        return list;
    }

    /// <summary>Values that have another form.</summary>
    public static T[] SlotArray<TSlot, T>(ReadOnlySpan<byte> part, string field)
        where TSlot : unmanaged, IRecordSlot<TSlot, T>
    {
        ReadOnlySpan<TSlot> slots = Values<TSlot>(part, field);
        T[] values = new T[slots.Length];
        for (int index = 0; index < values.Length; index++) values[index] = slots[index].ToValue(field);
        return values;
    }

    /// <inheritdoc cref="SlotArray"/>
    public static List<T> SlotList<TSlot, T>(ReadOnlySpan<byte> part, string field)
        where TSlot : unmanaged, IRecordSlot<TSlot, T>
    {
        ReadOnlySpan<TSlot> slots = Values<TSlot>(part, field);
        List<T> values = NewList<T>(slots.Length, out Span<T> items);
        for (int index = 0; index < items.Length; index++) items[index] = slots[index].ToValue(field);
        return values;
    }

    /// <summary>Texts.</summary>
    public static string[] TextArray(ReadOnlySpan<byte> part, string field)
    {
        string[] texts = new string[Table(part, field, out int start).Length];
        ReadTexts(texts, part, start, field);
        return texts;
    }

    /// <inheritdoc cref="TextArray"/>
    public static List<string> TextList(ReadOnlySpan<byte> part, string field)
    {
        List<string> texts = NewList<string>(Table(part, field, out int start).Length, out Span<string> items);
        ReadTexts(items, part, start, field);
        return texts;
    }

    /// <summary>The ends of a list's parts.</summary>
    /// <param name="part">The list.</param>
    /// <param name="field">The field, to be named.</param>
    /// <param name="start">Where the first of the parts starts.</param>
    public static ReadOnlySpan<uint> Table(ReadOnlySpan<byte> part, string field, out int start)
    {
        start = 0;
        if (part.IsEmpty) return NoEnds;
        ReadOnlySpan<uint> table = MemoryMarshal.Cast<byte, uint>(part);
        if (table.IsEmpty || table[0] >= (uint)table.Length) throw RecordFault.Count(field, table.IsEmpty ? 0 : table[0], part.Length);
        int count = (int)table[0];
        start = (count + 1) * sizeof(uint);
        return table[1..(count + 1)];
    }

    /// <summary>A list of a length, and its items to be filled in.</summary>
    public static List<T> NewList<T>(int count, out Span<T> items)
    {
        List<T> list = new(count);
        CollectionsMarshal.SetCount(list, count);
        items = CollectionsMarshal.AsSpan(list);
        return list;
    }

    /// <summary>The size of a record's head, known to lie within the record and to be of the type.</summary>
    internal static int HeadBytes(ReadOnlySpan<byte> bytes, uint header, string type)
    {
        if (bytes.Length < HeaderBytes) throw new RecordMismatchException(type, $"has {bytes.Length} bytes, too few for a record's header");
        uint found = MemoryMarshal.Read<uint>(bytes);
        if ((ushort)found != (ushort)header)
            throw new RecordMismatchException(type, $"is another type's record: its mark is {(ushort)found:x4} and not {(ushort)header:x4}");
        int headBytes = (int)(found >> HeadBytesShift);
        if (headBytes < HeaderBytes || headBytes > bytes.Length)
            throw new RecordMismatchException(type, $"claims a head of {headBytes} bytes in a record of {bytes.Length}");
        return headBytes;
    }

    private static void ReadTexts(Span<string> texts, ReadOnlySpan<byte> part, int start, string field)
    {
        ReadOnlySpan<uint> ends = Table(part, field, out _);
        for (int index = 0; index < texts.Length; index++) texts[index] = Text(part, ref start, ends[index], field);
    }

    private static ReadOnlySpan<byte> NoPart(int start, uint slot, int bytes, string field)
    {
        bool isNull = slot == Missing || slot == ((uint)start | NullBit);
        if (!isNull) RecordFault.Part(field, start, slot, bytes);
        return default;
    }
}
