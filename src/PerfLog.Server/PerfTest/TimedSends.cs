using System.Collections.Concurrent;
using PerfLog.Client.Producing;

namespace PerfLog.Server.PerfTest;

/// <summary>
/// Takes each record's time from just before it is given to the producer, so that waiting for memory counts, to the telling of
/// its outcome. Any thread may call it. The callbacks are used again: as many exist as records were ever under way at once.
/// </summary>
internal sealed class TimedSends(TimeProvider time)
{
    private readonly ConcurrentQueue<TimedSend> _idle = new();
    private readonly Latencies _latencies = new();
    private ProduceException? _failure;
    private long _failures;
    private long _acknowledged;
    private long _acknowledgedBytes;
    private long _seen;
    private long _seenBytes;
    private long _lookedAt = time.GetTimestamp();

    /// <summary>The first failure; null when all went well.</summary>
    public ProduceException? Failure => Volatile.Read(ref _failure);

    public long Failures => Interlocked.Read(ref _failures);

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public long AcknowledgedBytes => Interlocked.Read(ref _acknowledgedBytes);

    public LatencySummary Latency => _latencies.All();

    /// <summary>Starts a record's time.</summary>
    /// <returns>What is to be called with its outcome.</returns>
    public Action<DeliveryReport> Begin(int bytes)
    {
        if (!_idle.TryDequeue(out TimedSend? send)) send = new TimedSend(this);
        return send.Begin(time.GetTimestamp(), bytes);
    }

    /// <summary>What was acknowledged so far does not count: it was to warm up.</summary>
    public void Restart()
    {
        _latencies.Clear();
        Interlocked.Exchange(ref _acknowledged, 0);
        Interlocked.Exchange(ref _acknowledgedBytes, 0);
        (_seen, _seenBytes, _lookedAt) = (0, 0, time.GetTimestamp());
    }

    /// <summary>What came since this was last called; one thread calls it.</summary>
    public PerfWindow TakeWindow()
    {
        (long records, long bytes, long now) = (Acknowledged, AcknowledgedBytes, time.GetTimestamp());
        PerfWindow window = new(records - _seen, bytes - _seenBytes, time.GetElapsedTime(_lookedAt, now), _latencies.TakeWindow());
        (_seen, _seenBytes, _lookedAt) = (records, bytes, now);
        return window;
    }

    private void End(TimedSend send, in DeliveryReport report)
    {
        if (report.Failure is { } failure)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
            Interlocked.Increment(ref _failures);
        }
        else
        {
            _latencies.Add(time.GetElapsedTime(send.Started));
            Interlocked.Add(ref _acknowledgedBytes, send.Bytes);
            Interlocked.Increment(ref _acknowledged);
        }

        _idle.Enqueue(send);
    }

    /// <summary>One record under way.</summary>
    private sealed class TimedSend
    {
        private readonly Action<DeliveryReport> _ended;

        public TimedSend(TimedSends owner) => _ended = report => owner.End(this, report);

        public long Started { get; private set; }

        public int Bytes { get; private set; }

        public Action<DeliveryReport> Begin(long started, int bytes)
        {
            (Started, Bytes) = (started, bytes);
            return _ended;
        }
    }
}
