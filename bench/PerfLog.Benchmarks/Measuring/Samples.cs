namespace PerfLog.Benchmarks.Measuring;

/// <summary>What the rounds of one run gave. Immutable.</summary>
internal sealed record Samples(IReadOnlyList<double> Values)
{
    public double Lowest => Values.Min();

    public double Highest => Values.Max();

    /// <summary>The middle one, or the mean of the two in the middle: one disturbed round does not move it.</summary>
    public double Median
    {
        get
        {
            double[] sorted = [.. Values.Order()];
            int middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }
}
