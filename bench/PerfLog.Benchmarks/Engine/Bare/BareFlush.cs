using System.Diagnostics;
using HdrHistogram;
using PerfLog.Benchmarks.Broker;

namespace PerfLog.Benchmarks.Engine.Bare;

/// <summary>The least that a durable append takes: one small write to a file laid out beforehand and one fdatasync, again and again.</summary>
internal static class BareFlush
{
    public const int WriteBytes = 1024;

    /// <returns>The time of each, in nanoseconds.</returns>
    public static LongHistogram Measure(Bench bench, int count, out TimeSpan elapsed)
    {
        using var file = new LinuxFile(bench.NewPath("flush"), isDirect: false, (long)count * WriteBytes);
        byte[] bytes = new byte[WriteBytes];
        var latencies = new LongHistogram(1, 60_000_000_000, 3);
        file.Flush();
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file.Handle, bytes, (long)i * WriteBytes);
            file.Flush();
            latencies.RecordValue((long)Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        elapsed = Stopwatch.GetElapsedTime(began);
        return latencies;
    }
}
