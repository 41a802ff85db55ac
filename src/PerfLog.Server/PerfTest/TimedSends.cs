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
    private ProduceException? _failure;
    private long _failures;

    /// <summary>The first failure; null when all went well.</summary>
    public ProduceException? Failure => Volatile.Read(ref _failure);

    public long Failures => Interlocked.Read(ref _failures);

    public PerfCounter Acknowledged { get; } = new(time);

    /// <summary>Starts a record's time.</summary>
    /// <returns>What is to be called with its outcome.</returns>
    public Action<DeliveryReport> Begin(int bytes)
    {
        if (!_idle.TryDequeue(out TimedSend? send)) send = new TimedSend(this);
        return send.Begin(time.GetTimestamp(), bytes);
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
            Acknowledged.AddTime(time.GetElapsedTime(send.Started));
            Acknowledged.Add(1, send.Bytes);
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
