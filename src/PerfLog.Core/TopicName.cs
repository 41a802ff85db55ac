using System.Diagnostics.CodeAnalysis;

namespace PerfLog;

/// <summary>The rules of topic names, which become names of folders, metrics and znodes. All methods are pure.</summary>
public static class TopicName
{
    /// <summary>With a dash and a partition number behind it, and a suffix for deletion, it stays a valid file name.</summary>
    public const int LengthMax = 249;

    /// <summary>Says what is wrong with a name in a sentence's second half ("… is empty"); null when nothing is.</summary>
    public static bool TryValidate(ReadOnlySpan<char> name, [NotNullWhen(false)] out string? problem)
    {
        problem = Problem(name);
        return problem is null;
    }

    /// <summary>True when two different names cannot stand side by side: metrics write a dot as an underscore.</summary>
    public static bool Collide(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (left.Length != right.Length) return false;
        for (int index = 0; index < left.Length; index++)
        {
            if (left[index] != right[index] && !(IsDotOrUnderscore(left[index]) && IsDotOrUnderscore(right[index]))) return false;
        }

        return true;
    }

    /// <summary>False for the many names that cannot collide with any other.</summary>
    public static bool MayCollide(ReadOnlySpan<char> name) => name.IndexOfAny('.', '_') >= 0;

    private static string? Problem(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty) return "is empty";
        if (name is "." or "..") return "may not be \".\" or \"..\"";
        if (name.Length > LengthMax) return $"is {name.Length} characters long; at most {LengthMax} are allowed";
        foreach (char letter in name)
        {
            if (!IsLegal(letter)) return "may have only letters and digits of ASCII, '.', '_' and '-'";
        }

        return null;
    }

    private static bool IsLegal(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-';

    private static bool IsDotOrUnderscore(char letter) => letter is '.' or '_';
}
