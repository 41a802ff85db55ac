namespace PerfLog.Replication;

/// <summary>Those who wait for one partition. All methods may be called from any thread.</summary>
public sealed class PartitionWaiters
{
    private readonly Lock _gate = new();
    private PartitionWait? _first;

    public void Add(PartitionWait wait, IPartitionWaiter waiter)
    {
        lock (_gate)
        {
            if (wait.IsWaiting) throw new InvalidOperationException("This wait is in use.");
            wait.Waiter = waiter;
            wait.Previous = null;
            wait.Next = _first;
            if (_first is not null) _first.Previous = wait;
            Volatile.Write(ref _first, wait);
        }
    }

    public void Remove(PartitionWait wait)
    {
        lock (_gate)
        {
            if (!wait.IsWaiting) return;
            if (wait.Previous is null) Volatile.Write(ref _first, wait.Next);
            else wait.Previous.Next = wait.Next;
            if (wait.Next is not null) wait.Next.Previous = wait.Previous;
            wait.Waiter = null;
            wait.Previous = wait.Next = null;
        }
    }

    /// <summary>Tells everyone that there may be more to read.</summary>
    public void Signal()
    {
        // Without waiters, the usual case under load, an append pays one fence and one load. A waiter looks at the log once
        // more after it was added; the fence orders the appender's publishing before its look at the list, so at least one
        // of the two sees the other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _first) is null) return;
        lock (_gate)
        {
            for (PartitionWait? wait = _first; wait is not null; wait = wait.Next) wait.Waiter!.OnProgress();
        }
    }
}
