namespace PerfLog.Broker.Groups;

/// <summary>The limits and waits of classic groups.</summary>
internal sealed record ClassicGroupSettings
{
    /// <summary>Ids given out that nobody has joined with yet; more would be an attack on our memory.</summary>
    public const int PendingMembersMax = 10_000;

    /// <summary><c>group.max.size</c></summary>
    public int MembersMax { get; init; } = int.MaxValue;

    /// <summary><c>group.min.session.timeout.ms</c></summary>
    public int SessionTimeoutMinMs { get; init; } = 6_000;

    /// <summary><c>group.max.session.timeout.ms</c></summary>
    public int SessionTimeoutMaxMs { get; init; } = 1_800_000;

    /// <summary><c>group.initial.rebalance.delay.ms</c></summary>
    public int InitialRebalanceDelayMs { get; init; } = 3_000;
}
