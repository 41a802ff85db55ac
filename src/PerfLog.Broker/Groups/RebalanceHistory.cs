namespace PerfLog.Broker.Groups;

/// <summary>One rebalance of a group, for those who want to know why consumers paused.</summary>
/// <param name="Generation">The generation that it led to.</param>
/// <param name="Reason">What set it off.</param>
/// <param name="StartedAt">When it was set off.</param>
/// <param name="TookMs">From then until every member could get its assignment.</param>
internal sealed record RebalanceReport(int Generation, string Reason, TimestampMs StartedAt, long TookMs);

/// <summary>Remembers a group's last rebalance. Its group's lock guards it.</summary>
internal sealed class RebalanceHistory
{
    private string? _reason;
    private Moment _started;

    /// <summary>The last one that came to its end; null when there has been none since this broker coordinates the group.</summary>
    public RebalanceReport? Last { get; private set; }

    public bool IsUnderWay => _reason is not null;

    /// <summary>How many came to their end.</summary>
    public long Count { get; private set; }

    /// <summary>The first reason counts: what comes while a rebalance goes on is only part of it.</summary>
    public void Begin(string reason, Moment now)
    {
        if (_reason is not null) return;
        _reason = reason;
        _started = now;
    }

    public void End(int generation, Moment now)
    {
        if (_reason is null) return;
        Last = new RebalanceReport(generation, _reason, _started.Wall, now.TickMs - _started.TickMs);
        Count++;
        _reason = null;
    }
}
