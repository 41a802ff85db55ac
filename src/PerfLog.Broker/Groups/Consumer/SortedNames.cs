namespace PerfLog.Broker.Groups;

/// <summary>Brings subscribed names into the one form in which they are kept and compared: sorted, each once.</summary>
internal static class SortedNames
{
    public static string[] Of(IEnumerable<string> names)
    {
        string[] sorted = [.. names.Distinct(StringComparer.Ordinal)];
        Array.Sort(sorted, StringComparer.Ordinal);
        return sorted;
    }
}
