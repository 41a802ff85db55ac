namespace PerfLog.Benchmarks.Measuring;

/// <summary>One measured number with what it is compared to in the same run.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The median of the rounds.</param>
/// <param name="Unit">Of the value and of the limit's.</param>
internal sealed record Figure(string Name, double Value, string Unit)
{
    /// <summary>The baseline: what bounds the value on this machine; null where there is none.</summary>
    public string? Limit { get; init; }

    public double? LimitValue { get; init; }

    public Goal? Goal { get; init; }

    /// <summary>The lowest and the highest round, as a reader's measure of how quiet the machine was.</summary>
    public (double Lowest, double Highest)? Spread { get; init; }

    public double? Ratio => LimitValue is > 0 ? Value / LimitValue : null;

    /// <summary>What its goal is about: the ratio or the value; null where a ratio is wanted and there is none.</summary>
    public double? Judged => Goal is { OfRatio: true } ? Ratio : Value;

    public bool? Reached => Goal?.IsReachedBy(Judged ?? double.NaN);

    public static Figure Of(string name, string unit, Samples samples) =>
        new(name, samples.Median, unit) { Spread = (samples.Lowest, samples.Highest) };

    public Figure Against(string limit, Samples samples) => this with { Limit = limit, LimitValue = samples.Median };
}
