using System.Globalization;
using System.Security;
using System.Text;

namespace PerfLog.Benchmarks.Measuring;

/// <summary>The figures of a run that have a goal, as bars: how much of its goal each has reached. An SVG picture. Pure.</summary>
internal static class GoalPlot
{
    private const int LabelWidth = 560, BarsWidth = 300, ValueWidth = 90;
    private const int RowHeight = 20, TopHeight = 24, BarHeight = 12;

    // Longer bars are cut: what is well past its goal needs no scale.
    private const double ShareMax = 2.5;

    /// <returns>The picture; null when no figure has a goal.</returns>
    public static string? Of(MeasuredRun run)
    {
        List<(string Label, double Share)> bars = [.. Bars(run.Figures)];
        if (bars.Count == 0) return null;
        int height = TopHeight + (bars.Count * RowHeight) + 8, width = LabelWidth + BarsWidth + ValueWidth;
        var text = new StringBuilder();
        text.AppendLine(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" font-family=\"sans-serif\" font-size=\"11\">"));
        text.AppendLine(Invariant($"<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>"));
        double goal = LabelWidth + (BarsWidth / ShareMax);
        text.AppendLine(Invariant($"<text x=\"{goal:0}\" y=\"14\" text-anchor=\"middle\">goal</text>"));
        for (int row = 0; row < bars.Count; row++) AppendBar(text, bars[row].Label, bars[row].Share, TopHeight + (row * RowHeight));
        text.AppendLine(Invariant($"<line x1=\"{goal:0}\" y1=\"18\" x2=\"{goal:0}\" y2=\"{height - 4}\" stroke=\"#222\"/>"));
        return text.Append("</svg>\n").ToString();
    }

    private static IEnumerable<(string Label, double Share)> Bars(IReadOnlyList<Figure> figures)
    {
        string subject = "";
        foreach (Figure figure in figures)
        {
            bool goesOn = figure.Name.StartsWith('–');
            if (!goesOn) subject = figure.Name.Split(',')[0];
            string name = goesOn ? $"{subject} {figure.Name}" : figure.Name;
            if (ShareOf(figure) is double share) yield return (figure.Goal!.OfRatio ? $"{name} / {figure.Limit}" : name, share);
        }
    }

    private static double? ShareOf(Figure figure)
    {
        if (figure.Goal is not { Bound: > 0 } goal) return null;
        return goal.AtLeast ? figure.Judged / goal.Bound : figure.Judged is > 0 ? goal.Bound / figure.Judged : ShareMax;
    }

    private static void AppendBar(StringBuilder text, string label, double share, int top)
    {
        const int charactersMax = 98;
        string shown = SecurityElement.Escape(label.Length > charactersMax ? label[..(charactersMax - 1)] + "…" : label);
        double length = Math.Min(share, ShareMax) / ShareMax * BarsWidth;
        string colour = share >= 1 ? "#3a7d44" : "#c0562f";
        text.AppendLine(Invariant($"<text x=\"{LabelWidth - 8}\" y=\"{top + 10}\" text-anchor=\"end\">{shown}</text>"));
        text.AppendLine(Invariant($"<rect x=\"{LabelWidth}\" y=\"{top}\" width=\"{length:0}\" height=\"{BarHeight}\" fill=\"{colour}\"/>"));
        text.AppendLine(Invariant($"<text x=\"{LabelWidth + length + 6:0}\" y=\"{top + 10}\">{share:0.00}{(share > ShareMax ? " »" : "")}</text>"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
