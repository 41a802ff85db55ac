namespace PerfLog.Broker.Networking;

/// <summary>
/// The unanswered requests of one connection in order of arrival, as a ring that grows to the connection's limit and is
/// then reused. Guarded by its connection's lock.
/// </summary>
internal sealed class RequestQueue
{
    private RequestContext?[] _ring = new RequestContext?[8];
    private int _head;

    public int Count { get; private set; }

    public void Enqueue(RequestContext context)
    {
        if (Count == _ring.Length) Grow();
        _ring[(_head + Count++) & (_ring.Length - 1)] = context;
    }

    /// <summary>Takes the oldest request if its answer may leave.</summary>
    public RequestContext? TryDequeueReady()
    {
        RequestContext? head = Count == 0 ? null : _ring[_head];
        if (head is null || !head.IsReady) return null;
        _ring[_head] = null;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        return head;
    }

    /// <summary>Finds the requests that wait for something, so that they can be given up.</summary>
    public void CollectDelayed(List<IDelayedRequest> delayed)
    {
        for (int index = 0; index < Count; index++)
        {
            RequestContext context = _ring[(_head + index) & (_ring.Length - 1)]!;
            if (!context.IsReady && context.Delayed is { } request) delayed.Add(request);
        }
    }

    public bool IsHeadReady => Count > 0 && _ring[_head]!.IsReady;

    private void Grow()
    {
        var larger = new RequestContext?[_ring.Length * 2];
        for (int index = 0; index < Count; index++) larger[index] = _ring[(_head + index) & (_ring.Length - 1)];
        _ring = larger;
        _head = 0;
    }
}
