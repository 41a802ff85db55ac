using System.Globalization;
using System.Text;

namespace PerfLog.Server.Clients;

/// <summary>Text from a command line in which <c>\n</c>, <c>\t</c>, <c>\r</c>, <c>\0</c>, <c>\xNN</c> and <c>\\</c> stand for bytes. Pure.</summary>
internal static class EscapedText
{
    public static byte[] Bytes(string text)
    {
        List<byte> bytes = [];
        int index = 0;
        while (index < text.Length) index += Add(text.AsSpan(index), bytes);
        return [.. bytes];
    }

    /// <summary>Adds what the text begins with.</summary>
    /// <returns>How many characters that were.</returns>
    public static int Add(ReadOnlySpan<char> text, List<byte> bytes)
    {
        if (text is ['\\', 'x', var high, var low, ..] && char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low))
        {
            bytes.Add(byte.Parse(text.Slice(2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            return 4;
        }

        if (text is ['\\', var letter, ..])
        {
            AddUtf8(letter switch { 'n' => "\n", 't' => "\t", 'r' => "\r", '0' => "\0", _ => text.Slice(1, 1) }, bytes);
            return 2;
        }

        int length = char.IsHighSurrogate(text[0]) && text.Length > 1 ? 2 : 1;
        AddUtf8(text[..length], bytes);
        return length;
    }

    private static void AddUtf8(ReadOnlySpan<char> text, List<byte> bytes)
    {
        Span<byte> utf8 = stackalloc byte[8];
        int count = Encoding.UTF8.GetBytes(text, utf8);
        foreach (byte value in utf8[..count]) bytes.Add(value);
    }
}
