namespace PerfLog.Protocol.Connections;

/// <summary>A request that waits for its answer: either somebody awaits it, or a handler takes it.</summary>
/// <param name="CorrelationId">What its answer names.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Pending">Who awaits it.</param>
/// <param name="Handler">What takes it otherwise.</param>
/// <param name="HoldsSlot">Whether it counts among the requests that may be under way at a time.</param>
internal readonly record struct InFlightRequest(
    int CorrelationId, long SentAt, PendingResponse? Pending, IResponseHandler? Handler, bool HoldsSlot)
{
    public void Fail(BrokerConnectionException failure)
    {
        Pending?.Fail(failure);
        Handler?.Failed(failure);
    }
}

/// <summary>
/// The requests that wait for an answer, in the order in which they were sent: a broker answers in that order. Any thread
/// may call it.
/// </summary>
internal sealed class InFlightQueue
{
    private readonly Lock _lock = new();
    private readonly Queue<InFlightRequest> _waiting = new();
    private BrokerConnectionException? _failure;

    /// <summary>The reason for which all that comes fails; null while the connection is good.</summary>
    public BrokerConnectionException? Failure
    {
        get
        {
            lock (_lock) return _failure;
        }
    }

    /// <returns>False when the connection has failed.</returns>
    public bool TryAdd(in InFlightRequest request)
    {
        lock (_lock)
        {
            if (_failure is not null) return false;
            _waiting.Enqueue(request);
            if (request.Pending is { } pending) pending.IsQueued = true;
            return true;
        }
    }

    public bool TryPeek(out InFlightRequest oldest)
    {
        lock (_lock) return _waiting.TryPeek(out oldest);
    }

    public bool TryTake(out InFlightRequest oldest)
    {
        lock (_lock) return _waiting.TryDequeue(out oldest);
    }

    /// <summary>Fails all that wait and all that will come.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="isCause">Whether it explains a failure that came before; otherwise the first one stays.</param>
    /// <returns>How many slots they held.</returns>
    public int FailAll(BrokerConnectionException failure, bool isCause)
    {
        InFlightRequest[] waiting;
        lock (_lock)
        {
            if (_failure is null || isCause) _failure = failure;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (InFlightRequest request in waiting) request.Fail(failure);
        return waiting.Count(static request => request.HoldsSlot);
    }
}
