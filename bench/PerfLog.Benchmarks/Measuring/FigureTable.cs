using System.Globalization;
using System.Text;

namespace PerfLog.Benchmarks.Measuring;

/// <summary>A run as Markdown: where and when, then a row for each figure. Pure.</summary>
internal static class FigureTable
{
    public static string Of(MeasuredRun run)
    {
        var text = new StringBuilder();
        text.AppendLine(run.Conditions.ToMarkdown());
        text.AppendLine("| figure | measured | lowest – highest | compared with | its value | ratio | goal | reached |");
        text.AppendLine("|---|---:|---:|---|---:|---:|---|---|");
        foreach (Figure figure in run.Figures) text.AppendLine(Row(figure));
        return text.ToString();
    }

    private static string Row(Figure figure)
    {
        string spread = figure.Spread is (double lowest, double highest) ? $"{Number(lowest)} – {Number(highest)}" : "";
        string limitValue = figure.LimitValue is double limit ? $"{Number(limit)} {figure.Unit}" : "";
        string ratio = figure.Ratio is double value ? value.ToString("0.00", CultureInfo.InvariantCulture) : "";
        string reached = figure.Reached is bool yes ? yes ? "yes" : "**no**" : "";
        return $"| {figure.Name} | {Number(figure.Value)} {figure.Unit} | {spread} | {figure.Limit} | {limitValue} | {ratio} "
            + $"| {figure.Goal} | {reached} |";
    }

    /// <summary>About three digits: more would claim what such measurements cannot know.</summary>
    private static string Number(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
