namespace PerfLog.Server.PerfTest;

/// <summary>
/// Counts what a measurement has done and how long its pieces took, in all and since the last look. Any thread may count; one at a
/// time looks or starts anew.
/// </summary>
internal sealed class PerfCounter(TimeProvider time)
{
    private readonly Latencies _latencies = new();
    private long _records;
    private long _bytes;
    private long _seen;
    private long _seenBytes;
    private long _lookedAt = time.GetTimestamp();

    public long Records => Interlocked.Read(ref _records);

    public long Bytes => Interlocked.Read(ref _bytes);

    public LatencySummary Latency => _latencies.All();

    public void Add(long records, long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _records, records);
    }

    /// <summary>A piece took so long.</summary>
    public void AddTime(TimeSpan took) => _latencies.Add(took);

    /// <summary>What was counted so far does not count: it was to warm up.</summary>
    public void Restart()
    {
        _latencies.Clear();
        Interlocked.Exchange(ref _records, 0);
        Interlocked.Exchange(ref _bytes, 0);
        (_seen, _seenBytes, _lookedAt) = (0, 0, time.GetTimestamp());
    }

    /// <summary>What came since this was last called.</summary>
    public PerfWindow TakeWindow()
    {
        (long records, long bytes, long now) = (Records, Bytes, time.GetTimestamp());
        PerfWindow window = new(records - _seen, bytes - _seenBytes, time.GetElapsedTime(_lookedAt, now), _latencies.TakeWindow());
        (_seen, _seenBytes, _lookedAt) = (records, bytes, now);
        return window;
    }
}
