using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Engine;

/// <summary>Figures from the efforts of rounds. Pure.</summary>
internal static class EffortFigures
{
    public static Samples MegabytesPerSecond(IReadOnlyList<Effort> rounds) =>
        new([.. rounds.Select(static effort => effort.MegabytesPerSecond)]);

    public static Samples ProcessorMsPerGiB(IReadOnlyList<Effort> rounds) =>
        new([.. rounds.Select(static effort => effort.ProcessorMsPerGiB)]);

    /// <summary>Millions a second of what comes so many bytes at a time.</summary>
    public static Samples MillionsPerSecond(IReadOnlyList<Effort> rounds, int bytesEach) =>
        new([.. rounds.Select(effort => effort.Bytes / bytesEach / effort.Elapsed.TotalSeconds / 1e6)]);

    public static Samples AllocatedPer(IReadOnlyList<Effort> rounds, int bytesEach) =>
        new([.. rounds.Select(effort => (double)effort.AllocatedBytes * bytesEach / effort.Bytes)]);
}
