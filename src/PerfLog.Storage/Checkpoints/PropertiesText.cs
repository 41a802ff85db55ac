namespace PerfLog.Storage;

/// <summary>Kafka's small property files: a <c>key=value</c> or <c>key: value</c> a line, comments after <c>#</c>.</summary>
internal static class PropertiesText
{
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int mark = line.AsSpan().IndexOfAny('=', ':');
            if (line.StartsWith('#') || mark <= 0) continue;
            values[line[..mark].Trim()] = line[(mark + 1)..].Trim();
        }

        return values;
    }
}
