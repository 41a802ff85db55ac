namespace PerfLog.Benchmarks.Measuring;

/// <summary>The machine's processor time since its start, in clock ticks of all cores together.</summary>
internal readonly record struct ProcessorTime(long Busy, long Total)
{
    // The columns of /proc/stat's first line: user nice system idle iowait irq softirq steal; what follows is contained
    // in the first two.
    private const int Idle = 3;
    private const int WaitingForDisk = 4;
    private const int Columns = 8;

    public static ProcessorTime Now()
    {
        string line = File.ReadLines("/proc/stat").First();
        long[] ticks = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(Columns).Select(long.Parse)];
        long total = ticks.Sum();
        return new ProcessorTime(total - ticks[Idle] - ticks[WaitingForDisk], total);
    }

    /// <summary>How busy the whole machine is while this program does nothing, in percent.</summary>
    public static double SampleBusyPercent(TimeSpan duration)
    {
        ProcessorTime before = Now();
        Thread.Sleep(duration);
        ProcessorTime after = Now();
        return 100.0 * (after.Busy - before.Busy) / Math.Max(1, after.Total - before.Total);
    }
}
