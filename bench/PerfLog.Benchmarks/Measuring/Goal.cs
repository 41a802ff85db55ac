using System.Globalization;

namespace PerfLog.Benchmarks.Measuring;

/// <summary>Where a figure should lie: its ratio to the baseline or, where there is none, its value.</summary>
internal sealed record Goal(bool AtLeast, double Bound, bool OfRatio)
{
    public static Goal RatioAtLeast(double bound) => new(true, bound, true);

    public static Goal RatioAtMost(double bound) => new(false, bound, true);

    public static Goal ValueAtLeast(double bound) => new(true, bound, false);

    public static Goal ValueAtMost(double bound) => new(false, bound, false);

    public bool IsReachedBy(double measured) => AtLeast ? measured >= Bound : measured <= Bound;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(OfRatio ? "ratio " : "")}{(AtLeast ? "≥" : "≤")} {Bound}");
}
