namespace PerfLog.Protocol.Connections;

/// <summary>
/// The requests that wait for an answer, in the order in which they were sent: a broker answers in that order. Any thread
/// may call it.
/// </summary>
internal sealed class InFlightQueue
{
    private readonly Lock _lock = new();
    private readonly Queue<PendingResponse> _waiting = new();
    private BrokerConnectionException? _failure;

    public void Add(PendingResponse pending)
    {
        lock (_lock)
        {
            if (_failure is not null) throw _failure;
            _waiting.Enqueue(pending);
            pending.IsQueued = true;
        }
    }

    public bool TryTake(out PendingResponse? pending)
    {
        lock (_lock) return _waiting.TryDequeue(out pending);
    }

    /// <summary>Fails all that wait and all that will come. The first failure stays.</summary>
    /// <returns>How many waited.</returns>
    public int FailAll(BrokerConnectionException failure)
    {
        PendingResponse[] waiting;
        lock (_lock)
        {
            _failure ??= failure;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (PendingResponse pending in waiting) pending.Fail(failure);
        return waiting.Length;
    }
}
