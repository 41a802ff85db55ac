namespace PerfLog.Protocol.Connections;

/// <summary>
/// Ends a connection whose oldest request waits too long for its answer. Answers come in order, so that one look at the
/// oldest is enough, and one timer for all.
/// </summary>
internal sealed class ResponseTimeout : IDisposable
{
    private readonly InFlightQueue _inFlight;
    private readonly BrokerConnectionOptions _options;
    private readonly Action<string> _late;
    private readonly ITimer _timer;
    private int _isSet;

    /// <param name="inFlight">The requests.</param>
    /// <param name="options">The clock and the time.</param>
    /// <param name="late">Is told why the connection is of no use any more.</param>
    public ResponseTimeout(InFlightQueue inFlight, BrokerConnectionOptions options, Action<string> late)
    {
        (_inFlight, _options, _late) = (inFlight, options, late);
        _timer = options.Time.CreateTimer(
            static state => ((ResponseTimeout)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A request was sent.</summary>
    public void Watch()
    {
        if (Volatile.Read(ref _isSet) == 0 && Interlocked.Exchange(ref _isSet, 1) == 0) SetTimer(_options.RequestTimeout);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        // Before the look: a request that comes during it must find the timer unset.
        Volatile.Write(ref _isSet, 0);
        if (!_inFlight.TryPeek(out InFlightRequest oldest)) return;
        TimeSpan left = _options.RequestTimeout - _options.Time.GetElapsedTime(oldest.SentAt);
        if (left <= TimeSpan.Zero) _late($"no answer within {_options.RequestTimeout.TotalSeconds} s");
        else if (Interlocked.Exchange(ref _isSet, 1) == 0) SetTimer(left);
    }

    // Timers count in milliseconds and cut fractions off.
    private void SetTimer(TimeSpan wait)
    {
        try
        {
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The connection is closed, and its requests have failed.
        }
    }
}
