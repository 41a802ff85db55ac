using System.Globalization;
using System.Text;

namespace PerfLog.Broker.Configuration;

/// <summary>One entry of a properties text, and the line that it begins on, counted from 1.</summary>
public readonly record struct PropertyEntry(string Key, string Value, int Line);

/// <summary>
/// Reads texts of Java's properties format: <c>key=value</c>, <c>key: value</c> or <c>key value</c>; <c>#</c> and <c>!</c>
/// begin a comment line; a backslash at a line's end goes on in the next one; <c>\t \n \r \f \uXXXX</c> are escapes and any
/// other escaped letter is itself. All methods are pure.
/// </summary>
public static class PropertiesText
{
    private const int UnicodeDigits = 4;

    /// <summary>The entries in their order; a key may come twice.</summary>
    /// <exception cref="FormatException">A <c>\u</c> without four hexadecimal digits; names the line.</exception>
    public static IReadOnlyList<PropertyEntry> Read(string text)
    {
        var entries = new List<PropertyEntry>();
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        for (int line = 0; line < lines.Length; line++)
        {
            int first = line;
            string logical = TrimStart(lines[line]);
            if (logical.Length == 0 || logical[0] is '#' or '!') continue;
            while (GoesOn(logical) && line + 1 < lines.Length) logical = logical[..^1] + TrimStart(lines[++line]);
            entries.Add(Split(GoesOn(logical) ? logical[..^1] : logical, first + 1));
        }

        return entries;
    }

    private static string TrimStart(string line) => line.TrimStart(' ', '\t', '\f');

    /// <summary>An odd number of backslashes at the end: the last one escapes the line's end.</summary>
    private static bool GoesOn(string line) => (line.Length - line.TrimEnd('\\').Length) % 2 == 1;

    private static PropertyEntry Split(string line, int number)
    {
        int keyEnd = 0;
        while (keyEnd < line.Length && line[keyEnd] is not ('=' or ':' or ' ' or '\t' or '\f'))
            keyEnd += line[keyEnd] == '\\' ? 2 : 1;
        keyEnd = Math.Min(keyEnd, line.Length);

        string rest = TrimStart(line[keyEnd..]);
        if (rest.Length > 0 && rest[0] is '=' or ':') rest = TrimStart(rest[1..]);
        return new PropertyEntry(Unescape(line[..keyEnd], number), Unescape(rest, number), number);
    }

    private static string Unescape(string text, int line)
    {
        if (!text.Contains('\\')) return text;
        var plain = new StringBuilder(text.Length);
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\' || ++index == text.Length)
            {
                if (index < text.Length) plain.Append(text[index]);
                continue;
            }

            plain.Append(text[index] switch
            {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                'f' => '\f',
                'u' => Unicode(text, ref index, line),
                var letter => letter,
            });
        }

        return plain.ToString();
    }

    private static char Unicode(string text, ref int index, int line)
    {
        ReadOnlySpan<char> digits = text.AsSpan(index + 1, Math.Min(UnicodeDigits, text.Length - index - 1));
        if (digits.Length < UnicodeDigits
            || !ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
        {
            throw new FormatException($"Line {line}: \\u needs four hexadecimal digits.");
        }

        index += UnicodeDigits;
        return (char)code;
    }
}
