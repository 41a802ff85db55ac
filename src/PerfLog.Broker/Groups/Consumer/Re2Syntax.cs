using System.Globalization;
using System.Text;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Rewrites RE2's regular expressions where .NET would read them otherwise: named groups, quotations, named classes and brackets
/// inside classes. What neither knows the compiler refuses. Pure.
/// </summary>
internal static class Re2Syntax
{
    /// <summary>RE2's own limit; a repetition is unrolled, so its count is memory.</summary>
    private const int RepetitionMax = 1000;

    private static readonly Dictionary<string, string> NamedClasses = new()
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = @"\x00-\x7F",
        ["blank"] = @"\t ",
        ["cntrl"] = @"\x00-\x1F\x7F",
        ["digit"] = "0-9",
        ["graph"] = "!-~",
        ["lower"] = "a-z",
        ["print"] = " -~",
        ["punct"] = @"!-/:-@\[-`{-~",
        ["space"] = @"\t\n\v\f\r ",
        ["upper"] = "A-Z",
        ["word"] = "0-9A-Za-z_",
        ["xdigit"] = "0-9A-Fa-f",
    };

    /// <exception cref="ArgumentException">The expression is none, or repeats too often.</exception>
    public static string ToDotNet(string re2)
    {
        var text = new StringBuilder(re2.Length);
        for (int at = 0; at < re2.Length;)
        {
            at = re2[at] switch
            {
                '\\' => Escape(re2, at, text),
                '[' => Class(re2, at, text),
                '{' => Repetition(re2, at, text),
                '(' when re2.AsSpan(at).StartsWith("(?P<") => Copy("(?<", at + 4, text),
                _ => Copy(re2.AsSpan(at, 1), at + 1, text),
            };
        }

        return text.ToString();
    }

    private static int Escape(string re2, int at, StringBuilder text)
    {
        if (at + 1 >= re2.Length) throw new ArgumentException("it ends with a backslash.");
        if (re2[at + 1] != 'Q') return Copy(re2.AsSpan(at, 2), at + 2, text);
        int end = re2.IndexOf(@"\E", at + 2, StringComparison.Ordinal);
        if (end < 0) end = re2.Length;
        foreach (char letter in re2.AsSpan(at + 2, end - at - 2)) text.Append(CultureInfo.InvariantCulture, $@"\u{(int)letter:X4}");
        return Math.Min(end + 2, re2.Length);
    }

    private static int Class(string re2, int at, StringBuilder text)
    {
        text.Append('[');
        at++;
        if (at < re2.Length && re2[at] == '^') at = Copy("^", at + 1, text);
        for (int first = at; at < re2.Length && (re2[at] != ']' || at == first);)
        {
            at = re2[at] switch
            {
                '[' when re2.AsSpan(at).StartsWith("[:") => NamedClass(re2, at, text),
                '[' => Copy(@"\[", at + 1, text),
                ']' => Copy(@"\]", at + 1, text),
                '\\' => Escape(re2, at, text),
                _ => Copy(re2.AsSpan(at, 1), at + 1, text),
            };
        }

        if (at >= re2.Length) throw new ArgumentException("a class is not closed.");
        return Copy("]", at + 1, text);
    }

    private static int NamedClass(string re2, int at, StringBuilder text)
    {
        int end = re2.IndexOf(":]", at + 2, StringComparison.Ordinal);
        string name = end < 0 ? "" : re2[(at + 2)..end];
        if (!NamedClasses.TryGetValue(name, out string? members)) throw new ArgumentException($"it names the unknown class '{name}'.");
        return Copy(members, end + 2, text);
    }

    private static int Repetition(string re2, int at, StringBuilder text)
    {
        int end = re2.IndexOf('}', at);
        if (end > 0)
        {
            foreach (Range part in re2.AsSpan(at + 1, end - at - 1).Split(','))
            {
                ReadOnlySpan<char> count = re2.AsSpan(at + 1, end - at - 1)[part];
                if (count.IsEmpty || count.ContainsAnyExceptInRange('0', '9')) continue;
                if (!int.TryParse(count, out int times) || times > RepetitionMax)
                    throw new ArgumentException($"it repeats more than {RepetitionMax} times.");
            }
        }

        return Copy("{", at + 1, text);
    }

    private static int Copy(ReadOnlySpan<char> piece, int next, StringBuilder text)
    {
        text.Append(piece);
        return next;
    }
}
