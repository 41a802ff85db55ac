namespace PerfLog.Threading;

/// <summary>A number of places that threads or requests take and give back; a full house refuses. Any thread may call it.</summary>
internal sealed class Places(int most)
{
    private int _taken;

    /// <returns>False when no place is left.</returns>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= most) return true;
        Interlocked.Decrement(ref _taken);
        return false;
    }

    public void GiveBack() => Interlocked.Decrement(ref _taken);
}
