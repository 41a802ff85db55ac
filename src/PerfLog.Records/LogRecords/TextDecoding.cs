using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace PerfLog.Records;

/// <summary>UTF-8 to strings, with nothing allocated but the string. Bytes that are no UTF-8 are refused.</summary>
internal static class TextDecoding
{
    /// <summary>Texts up to this are decoded on the stack.</summary>
    public const int ShortBytesMax = 64;

    public static string DecodeShort(ReadOnlySpan<byte> utf8, string field)
    {
        if (utf8.IsEmpty) return "";
        Span<char> text = stackalloc char[ShortBytesMax];
        OperationStatus status = Utf8.ToUtf16(utf8, text, out _, out int written, replaceInvalidSequences: false);
        if (status != OperationStatus.Done) RecordFault.Text(field);
        return new string(text[..written]);
    }

    /// <summary>The text, or null when some of it is not ASCII.</summary>
    public static string? TryAscii(ReadOnlySpan<byte> utf8)
    {
        if (!Ascii.IsValid(utf8)) return null;
        return string.Create(utf8.Length, utf8, static (text, source) => Ascii.ToUtf16(source, text, out _));
    }

    public static string DecodeLong(ReadOnlySpan<byte> utf8, string field)
    {
        char[] text = ArrayPool<char>.Shared.Rent(utf8.Length);
        try
        {
            OperationStatus status = Utf8.ToUtf16(utf8, text, out _, out int written, replaceInvalidSequences: false);
            if (status != OperationStatus.Done) RecordFault.Text(field);
            return new string(text, 0, written);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }
    }
}
