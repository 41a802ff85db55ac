using HdrHistogram;

namespace PerfLog.Server.PerfTest;

/// <summary>
/// Collects times, of the whole run and since the last look. Any thread may call it. A time beyond ten minutes counts as
/// ten minutes.
/// </summary>
internal sealed class Latencies
{
    private const long MicrosMax = 600_000_000;
    private const int SignificantDigits = 3;

    private readonly Lock _lock = new();
    private readonly LongHistogram _all = new(MicrosMax, SignificantDigits);
    private readonly LongHistogram _window = new(MicrosMax, SignificantDigits);

    public void Add(TimeSpan time)
    {
        long micros = Math.Clamp((long)time.TotalMicroseconds, 0, MicrosMax);
        lock (_lock)
        {
            _all.RecordValue(micros);
            _window.RecordValue(micros);
        }
    }

    /// <summary>Forgets all, as after warming up.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _all.Reset();
            _window.Reset();
        }
    }

    public LatencySummary All()
    {
        lock (_lock) return LatencySummary.Of(_all);
    }

    /// <summary>What came since this was last called.</summary>
    public LatencySummary TakeWindow()
    {
        lock (_lock)
        {
            LatencySummary summary = LatencySummary.Of(_window);
            _window.Reset();
            return summary;
        }
    }
}
