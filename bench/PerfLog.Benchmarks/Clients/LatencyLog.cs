using System.Diagnostics;
using HdrHistogram;

namespace PerfLog.Benchmarks.Clients;

/// <summary>The latencies of one run, and whether each record came once. For the reading thread.</summary>
internal sealed class LatencyLog(LatencyWork work)
{
    private const long HighestNanoseconds = 60_000_000_000;

    private readonly LongHistogram _histogram = new(1, HighestNanoseconds, 3);
    private readonly ArrivalCheck _check = new(work.AllRecords, work.ValueBytes);
    private Pacer? _pacer;
    private TimeSpan _cpuBefore;

    public bool IsFull => _check.Count == work.AllRecords;

    public Pacer Start()
    {
        GC.Collect();
        _cpuBefore = Environment.CpuUsage.TotalTime;
        return _pacer = new Pacer(work.RecordsPerSecond);
    }

    public void Take(ReadOnlySpan<byte> value)
    {
        long now = Stopwatch.GetTimestamp();
        long number = NumberedValue.NumberOf(value);
        if (number < 0) return;   // the one that made the connections
        _check.Take(value);
        if (number >= work.WarmUpRecords) _histogram.RecordValue((long)Stopwatch.GetElapsedTime(_pacer!.DueAt(number), now).TotalNanoseconds);
    }

    public ClientLatency Result() => new(
        _histogram.GetValueAtPercentile(50) / 1e3,
        _histogram.GetValueAtPercentile(99) / 1e3,
        (Environment.CpuUsage.TotalTime - _cpuBefore).TotalSeconds);
}
