namespace PerfLog.Polling;

/// <summary>
/// How long a poll loop looks for the next request before it sleeps. Waking a thread whose processor sleeps takes up to a tenth of a
/// millisecond on a virtual machine, many times what a small request does: a loop whose requests come quickly looks on, one whose
/// requests are far between sleeps at once. One thread at a time uses it.
/// </summary>
/// <remarks>
/// A request that came soon after the loop fell asleep opens the window by twice, a late one halves it. What moves many bytes at a time
/// shuts it for a while: there the peer needs the processor, and a wake-up is a small part of the cost.
/// </remarks>
internal sealed class EagerWindow(TimeProvider time)
{
    /// <summary>About what falling asleep and waking up costs here and at the peer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMicroseconds(100);

    /// <summary>From so many bytes in one receive or send, the work is bulk.</summary>
    public const int BulkBytes = 16 * 1024;

    private static readonly TimeSpan Shortest = TimeSpan.FromMicroseconds(25);

    // Bulk comes in pieces, of which some are small.
    private const int WaitsAfterBulk = 16;

    private int _bulkWaits;
    private TimeSpan _length;

    /// <summary>Whether much was moved lately.</summary>
    public bool IsBulk => Volatile.Read(ref _bulkWaits) > 0;

    /// <summary>Something was received or sent.</summary>
    public void Moved(int bytes)
    {
        if (bytes >= BulkBytes) Volatile.Write(ref _bulkWaits, WaitsAfterBulk);
    }

    /// <summary>The loop is about to wait.</summary>
    /// <returns>How long it looks first; zero when it should sleep at once.</returns>
    public TimeSpan Open()
    {
        int bulkWaits = Volatile.Read(ref _bulkWaits);
        if (bulkWaits == 0) return _length;
        Volatile.Write(ref _bulkWaits, bulkWaits - 1);
        return TimeSpan.Zero;
    }

    /// <summary>The loop slept, having waited since then.</summary>
    public void Slept(long since)
    {
        bool wasSoon = time.GetElapsedTime(since) <= Longest + Longest;
        if (wasSoon) _length = TimeSpan.FromTicks(Math.Clamp(_length.Ticks * 2, Shortest.Ticks, Longest.Ticks));
        else _length = _length <= Shortest ? TimeSpan.Zero : _length / 2;
    }
}
