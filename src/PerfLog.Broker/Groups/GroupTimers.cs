namespace PerfLog.Broker.Groups;

/// <summary>
/// Wakes groups when something is due in them. One timer for all groups, and at most one entry for each: heartbeats move
/// no entry, for a group that is woken too early says when it wants to be woken again. Any thread may call it.
/// </summary>
internal sealed class GroupTimers : IDisposable
{
    // System timers take no longer wait.
    private const long WaitMsMax = int.MaxValue;

    private readonly Lock _gate = new();
    private readonly SortedSet<Entry> _entries = new(Comparer<Entry>.Create(Compare));
    private readonly Action<Group> _onDue;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private bool _isDisposed;

    /// <param name="onDue">Called on the timer's thread for one group after the other, outside of any lock.</param>
    /// <param name="time">The clock.</param>
    public GroupTimers(Action<Group> onDue, TimeProvider time)
    {
        _onDue = onDue;
        _time = time;
        _timer = time.CreateTimer(static self => ((GroupTimers)self!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private readonly record struct Entry(long Tick, Group Group);

    /// <summary>Wakes the group at that tick, or before if it is to be woken before already.</summary>
    public void Schedule(Group group, long tick)
    {
        lock (_gate)
        {
            if (tick >= group.ScheduledTick || _isDisposed) return;
            if (group.ScheduledTick != Moment.Never) _entries.Remove(new Entry(group.ScheduledTick, group));
            group.ScheduledTick = tick;
            _entries.Add(new Entry(tick, group));
            if (_entries.Min.Group == group) SetTimer();
        }
    }

    public void Dispose()
    {
        lock (_gate) _isDisposed = true;
        _timer.Dispose();
    }

    private void Fire()
    {
        while (TryTakeDue() is { } group) _onDue(group);
        lock (_gate) SetTimer();
    }

    private Group? TryTakeDue()
    {
        lock (_gate)
        {
            if (_isDisposed || _entries.Count == 0 || _entries.Min.Tick > Moment.Now(_time).TickMs) return null;
            Entry first = _entries.Min;
            _entries.Remove(first);
            first.Group.ScheduledTick = Moment.Never;
            return first.Group;
        }
    }

    private void SetTimer()
    {
        if (_entries.Count == 0 || _isDisposed) return;
        long wait = Math.Clamp(_entries.Min.Tick - Moment.Now(_time).TickMs, 0, WaitMsMax);
        _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }

    private static int Compare(Entry left, Entry right)
    {
        int byTick = left.Tick.CompareTo(right.Tick);
        return byTick != 0 ? byTick : left.Group.Number.CompareTo(right.Group.Number);
    }
}
