using HdrHistogram;

namespace PerfLog.Server.PerfTest;

/// <summary>What many times looked like, in milliseconds. All 0 when there were none.</summary>
internal readonly record struct LatencySummary(
    long Count, double MeanMs, double P50Ms, double P95Ms, double P99Ms, double P999Ms, double MaxMs)
{
    public static LatencySummary Of(LongHistogram micros)
    {
        if (micros.TotalCount == 0) return default;
        double At(double percentile) => micros.GetValueAtPercentile(percentile) / 1000.0;
        return new(
            micros.TotalCount, micros.GetMean() / 1000, At(50), At(95), At(99), At(99.9), micros.GetMaxValue() / 1000.0);
    }
}
