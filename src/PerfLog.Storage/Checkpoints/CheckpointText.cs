using System.Globalization;
using System.Text;

namespace PerfLog.Storage;

/// <summary>
/// The text that all of Kafka's checkpoint files share: a line with the version (0), a line with the number of entries, and
/// a line for each entry, its fields parted by blanks.
/// </summary>
internal static class CheckpointText
{
    private const string Version = "0";

    public static string Format(IReadOnlyCollection<string> lines)
    {
        StringBuilder text = new();
        text.Append(Version).Append('\n').Append(CultureInfo.InvariantCulture, $"{lines.Count}\n");
        foreach (string line in lines) text.Append(line).Append('\n');
        return text.ToString();
    }

    /// <summary>The entries' fields.</summary>
    /// <exception cref="StorageException">The text has another form; the message says where.</exception>
    public static IReadOnlyList<string[]> Parse(string path, string text, int fieldsPerLine)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length < 2) throw new StorageException(path, "a checkpoint starts with a version and a count");
        if (lines[0] != Version) throw new StorageException(path, $"version '{lines[0]}' is unknown; {Version} is known");
        if (!int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count != lines.Length - 2)
            throw new StorageException(path, $"line 2 says '{lines[1]}' entries, {lines.Length - 2} follow");

        return [.. lines.Skip(2).Select((line, index) => Fields(path, line, index + 3, fieldsPerLine))];
    }

    public static long Number(string path, string field) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new StorageException(path, $"'{field}' is no number");

    private static string[] Fields(string path, string line, int lineNumber, int expected)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == expected
            ? fields
            : throw new StorageException(path, $"line {lineNumber} has {fields.Length} fields instead of {expected}: '{line}'");
    }
}
