namespace PerfLog.Broker.Fetching;

/// <summary>What fetches may cost the broker together and each.</summary>
internal sealed record FetchLimits
{
    /// <summary><c>fetch.max.bytes</c>: the most that one answer carries, whatever the client allows.</summary>
    public int ResponseBytesMax { get; init; } = 55 * 1024 * 1024;

    /// <summary>The longest that a fetch waits, whatever the client allows.</summary>
    public int WaitMsMax { get; init; } = 300_000;

    /// <summary>Fetches that wait at the same time; one more is answered at once with what there is.</summary>
    public int DelayedMax { get; init; } = 50_000;

    /// <summary><c>max.incremental.fetch.session.cache.slots</c>.</summary>
    public int SessionsMax { get; init; } = 1_000;
}
