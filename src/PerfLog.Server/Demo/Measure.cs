namespace PerfLog.Server.Demo;

/// <summary>What went through, and in which time.</summary>
/// <param name="Records">Their number.</param>
/// <param name="Bytes">The bytes of their values.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
internal sealed record Measure(long Records, long Bytes, TimeSpan Elapsed)
{
    public double RecordsPerSecond => Records / Seconds;

    /// <summary>Millions of bytes in a second.</summary>
    public double MegabytesPerSecond => Bytes / 1e6 / Seconds;

    // A demo of a few records may be over within one tick of the clock.
    private double Seconds => Math.Max(Elapsed.TotalSeconds, 1e-6);
}
