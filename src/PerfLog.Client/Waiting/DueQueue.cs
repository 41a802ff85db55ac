namespace PerfLog.Client.Waiting;

/// <summary>
/// Hands things back when their time has come: one timer for all of them. Any thread may add; the callback runs on the
/// timer's thread and must be short. A thing may stand in it more than once.
/// </summary>
internal sealed class DueQueue<T> : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<T, long> _waiting = new();
    private readonly TimeProvider _time;
    private readonly Action<T> _due;
    private readonly ITimer _timer;
    private long _timerAt = long.MaxValue;

    public DueQueue(TimeProvider time, Action<T> due)
    {
        _time = time;
        _due = due;
        _timer = time.CreateTimer(
            static state => ((DueQueue<T>)state!).HandBack(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <param name="item">What to hand back.</param>
    /// <param name="at">When, as the clock's timestamp.</param>
    public void Add(T item, long at)
    {
        lock (_lock)
        {
            _waiting.Enqueue(item, at);
            SetTimer();
        }
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void HandBack()
    {
        lock (_lock) _timerAt = long.MaxValue;
        while (TryTakeDue(out T? item)) _due(item!);
    }

    private bool TryTakeDue(out T? item)
    {
        lock (_lock)
        {
            item = default;
            if (!_waiting.TryPeek(out _, out long at)) return false;
            if (at <= _time.GetTimestamp()) return _waiting.TryDequeue(out item, out _);
            SetTimer();
            return false;
        }
    }

    private void SetTimer()
    {
        _waiting.TryPeek(out _, out long first);
        if (first >= _timerAt) return;
        _timerAt = first;
        TimeSpan wait = _time.GetElapsedTime(_time.GetTimestamp(), first);
        _timer.Change(Ceiling(wait), Timeout.InfiniteTimeSpan);
    }

    // Timers count in milliseconds and cut fractions off; one that fires early would find nothing due.
    private static TimeSpan Ceiling(TimeSpan wait) =>
        wait <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
}
