namespace PerfLog.Storage;

/// <summary>
/// Where appending threads wait until there is room for their records. Announcing costs nothing to speak of while nobody
/// waits. Any thread.
/// </summary>
internal sealed class RoomSignal
{
    private readonly object _gate = new();
    private int _waiting;

    /// <summary>Blocks until the condition holds. It is asked again after each <see cref="Announce"/>, and takes no lock for long.</summary>
    public void WaitUntil<T>(T state, Func<T, bool> holds)
    {
        // Counted before the condition is asked: who changes it afterwards sees that there is someone to wake.
        Interlocked.Increment(ref _waiting);
        try
        {
            lock (_gate)
            {
                while (!holds(state)) Monitor.Wait(_gate);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Announce()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) == 0) return;
        lock (_gate) Monitor.PulseAll(_gate);
    }
}
