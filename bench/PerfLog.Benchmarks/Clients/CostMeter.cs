using System.Diagnostics;

namespace PerfLog.Benchmarks.Clients;

/// <summary>Time, processor time and allocations of this process since a moment.</summary>
internal readonly struct CostMeter
{
    private readonly long _began;
    private readonly TimeSpan _cpu;
    private readonly long _allocated;

    private CostMeter(long began, TimeSpan cpu, long allocated) => (_began, _cpu, _allocated) = (began, cpu, allocated);

    public static CostMeter Start()
    {
        GC.Collect();
        return new CostMeter(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
    }

    public ClientCost Stop()
    {
        double seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        double cpuSeconds = (Environment.CpuUsage.TotalTime - _cpu).TotalSeconds;
        return new ClientCost(seconds, cpuSeconds, GC.GetTotalAllocatedBytes(precise: true) - _allocated);
    }
}
