namespace PerfLog.Benchmarks.Measuring;

/// <summary>
/// docs/performance.md: written by hand but for its generated sections, each between a pair of marks, which a run
/// replaces.
/// </summary>
internal sealed class PerformancePage(string path)
{
    public void Replace(string section, string content)
    {
        string begin = $"<!-- begin {section} -->";
        string end = $"<!-- end {section} -->";
        string page = File.ReadAllText(path);
        int from = page.IndexOf(begin, StringComparison.Ordinal);
        int to = page.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
        {
            throw new InvalidOperationException($"{path} lacks the marks '{begin}' and '{end}' for the {section} figures.");
        }

        File.WriteAllText(path, $"{page[..(from + begin.Length)]}\n{content.Trim()}\n{page[to..]}");
    }
}
