using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PerfLog.Metadata;

/// <summary>
/// The rules of znode paths: absolute, segments divided by one slash, no slash at the end, no <c>.</c> or <c>..</c>
/// segment, no control characters. All methods are pure.
/// </summary>
public static class ZnodePath
{
    public const string Root = "/";

    /// <summary>Tells what is wrong with a path, if anything.</summary>
    public static bool TryValidate(string path, [NotNullWhen(false)] out string? problem)
    {
        problem = Problem(path);
        return problem is null;
    }

    /// <summary>The path of the parent; the root has none.</summary>
    public static string Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash == 0 ? Root : path[..slash];
    }

    /// <summary>The last segment.</summary>
    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    public static string Join(string parent, string name) => parent == Root ? $"/{name}" : $"{parent}/{name}";

    /// <summary>True for <paramref name="ancestor"/> itself and for everything below it.</summary>
    public static bool IsWithin(string path, string ancestor) =>
        ancestor == Root
        || (path.StartsWith(ancestor, StringComparison.Ordinal)
            && (path.Length == ancestor.Length || path[ancestor.Length] == '/'));

    internal static void Require(string path)
    {
        if (!TryValidate(path, out string? problem)) throw new ArgumentException($"The znode path \"{path}\" {problem}.");
    }

    private static string? Problem(string path)
    {
        if (path == Root) return null;
        if (path.Length == 0 || path[0] != '/') return "does not start with a slash";
        if (path[^1] == '/') return "ends with a slash";
        if (Encoding.UTF8.GetByteCount(path) > ZnodeLimits.PathBytesMax)
            return $"is longer than {ZnodeLimits.PathBytesMax} bytes";
        if (path.AsSpan().ContainsAnyInRange('\0', '\u001f') || path.AsSpan().ContainsAnyInRange('\u007f', '\u009f'))
            return "has a control character";
        return SegmentProblem(path.AsSpan(1));
    }

    private static string? SegmentProblem(ReadOnlySpan<char> segments)
    {
        foreach (Range range in segments.Split('/'))
        {
            if (segments[range].IsEmpty) return "has an empty segment";
            if (segments[range] is "." or "..") return "has a relative segment";
        }

        return null;
    }
}
