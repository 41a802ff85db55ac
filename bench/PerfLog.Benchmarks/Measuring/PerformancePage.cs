namespace PerfLog.Benchmarks.Measuring;

/// <summary>
/// docs/performance.md: written by hand but for its generated sections, each between a pair of marks, which a run
/// replaces.
/// </summary>
internal sealed class PerformancePage(string path)
{
    /// <param name="section">The section's name.</param>
    /// <param name="content">What it says from now on.</param>
    /// <param name="plot">An SVG picture that goes below it, in a file of its own; null for none.</param>
    public void Replace(string section, string content, string? plot = null)
    {
        if (plot is not null)
        {
            string folder = Path.Combine(Path.GetDirectoryName(path)!, "plots");
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, $"{section}.svg"), plot);
            content = $"{content.Trim()}\n\nHow much of its goal each figure has reached; where less is better, the goal as a share of the figure:\n\n![Figures and their goals](plots/{section}.svg)";
        }

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
