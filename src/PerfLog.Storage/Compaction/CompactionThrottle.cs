namespace PerfLog.Storage;

/// <summary>
/// Holds compaction to a number of bytes a second: each piece of work pays for itself by waiting afterwards. Shared by
/// all that compact; any thread.
/// </summary>
internal sealed class CompactionThrottle(TimeProvider time)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _paidUpTo;

    public Task PayAsync(long bytes, double bytesPerSecond, CancellationToken cancellation)
    {
        TimeSpan wait = WaitFor(bytes, bytesPerSecond);
        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellation) : Task.CompletedTask;
    }

    private TimeSpan WaitFor(long bytes, double bytesPerSecond)
    {
        double seconds = bytes / Math.Max(bytesPerSecond, 1);

        // Below the clock's own resolution a wait would only cost.
        if (seconds < 1e-6) return TimeSpan.Zero;
        lock (_gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            if (_paidUpTo < now) _paidUpTo = now;
            _paidUpTo += TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(1).TotalSeconds));
            return _paidUpTo - now;
        }
    }
}
