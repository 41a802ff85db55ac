using System.Buffers;
using System.Text.RegularExpressions;

namespace PerfLog.Client.Groups;

/// <summary>
/// Finds out whether a pattern means the same to .NET and to RE2, whose syntax a coordinator reads. Only what both surely read
/// alike counts: a pattern too many that the client matches itself does no harm. Pure.
/// </summary>
internal static class SharedPattern
{
    private const int LengthMax = 1024;
    private const int RepetitionDigitsMax = 3;

    /// <summary>Options that change how a pattern is matched, but not what it matches among topic names, which are ASCII.</summary>
    private const RegexOptions Harmless = RegexOptions.Compiled | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    private static readonly SearchValues<char> SharedClasses = SearchValues.Create("dDwWsS");

    /// <summary>The pattern's text; null when only .NET can be asked.</summary>
    public static string? Of(Regex pattern)
    {
        string text = pattern.ToString();
        bool isShared = (pattern.Options & ~Harmless) == 0 && text.Length is > 0 and <= LengthMax && IsShared(text);
        return isShared ? text : null;
    }

    private static bool IsShared(ReadOnlySpan<char> text)
    {
        for (int at = 0; at < text.Length;)
        {
            int length = char.IsAscii(text[at]) ? SharedLength(text[at..]) : 0;
            if (length == 0) return false;
            at += length;
        }

        return true;
    }

    /// <summary>The length of what a pattern begins with; 0 when the two may read it differently.</summary>
    private static int SharedLength(ReadOnlySpan<char> text) => text[0] switch
    {
        '\\' => EscapeLength(text),
        '[' => ClassLength(text),
        '{' => RepetitionLength(text),
        '(' when text.Length > 1 && text[1] == '?' => text.StartsWith("(?:") ? 3 : 0,
        _ => 1,
    };

    private static int EscapeLength(ReadOnlySpan<char> text) =>
        text.Length > 1 && (SharedClasses.Contains(text[1]) || char.IsAsciiLetterOrDigit(text[1]) is false && char.IsAscii(text[1])) ? 2 : 0;

    // A bracket inside a class takes away from it in one syntax, and names a class in the other.
    private static int ClassLength(ReadOnlySpan<char> text)
    {
        int first = text.Length > 1 && text[1] == '^' ? 2 : 1;
        for (int at = first; at < text.Length;)
        {
            if (text[at] == ']') return at == first ? 0 : at + 1;
            if (text[at] == '[' || !char.IsAscii(text[at])) return 0;
            int length = text[at] == '\\' ? EscapeLength(text[at..]) : 1;
            if (length == 0) return 0;
            at += length;
        }

        return 0;
    }

    private static int RepetitionLength(ReadOnlySpan<char> text)
    {
        int end = text.IndexOf('}');
        if (end < 2) return 0;
        ReadOnlySpan<char> counts = text[1..end];
        int comma = counts.IndexOf(',');
        bool isShared = comma < 0 ? IsCount(counts) : IsCount(counts[..comma]) && (comma == counts.Length - 1 || IsCount(counts[(comma + 1)..]));
        return isShared ? end + 1 : 0;
    }

    private static bool IsCount(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= RepetitionDigitsMax && !text.ContainsAnyExceptInRange('0', '9');
}
