using System.Diagnostics;

namespace PerfLog.Benchmarks.Engine;

/// <summary>What some work took: its bytes, its time, the processor time and the managed memory of the whole process. Immutable.</summary>
internal readonly record struct Effort(long Bytes, TimeSpan Elapsed, TimeSpan Processor, long AllocatedBytes)
{
    public double MegabytesPerSecond => Bytes / Elapsed.TotalSeconds / 1e6;

    public double ProcessorMsPerGiB => Processor.TotalMilliseconds * (1L << 30) / Bytes;

    /// <summary>Does it and measures.</summary>
    public static Effort Of(long bytes, Action work)
    {
        using Process process = Process.GetCurrentProcess();
        TimeSpan processor = process.TotalProcessorTime;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long began = Stopwatch.GetTimestamp();
        work();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        process.Refresh();
        return new Effort(bytes, elapsed, process.TotalProcessorTime - processor, allocated);
    }
}
