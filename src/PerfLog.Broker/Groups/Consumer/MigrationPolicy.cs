namespace PerfLog.Broker.Groups;

/// <summary>
/// Which groups with members may go from one protocol to the other; empty ones always may. The names, in lower case, are the
/// values of <c>group.consumer.migration.policy</c>.
/// </summary>
[Flags]
internal enum MigrationPolicy
{
    Disabled = 0,

    /// <summary>A classic group becomes a consumer group when the first member of the newer protocol comes.</summary>
    Upgrade = 1,

    /// <summary>A consumer group becomes a classic one when the last member of the newer protocol goes.</summary>
    Downgrade = 2,

    Bidirectional = Upgrade | Downgrade,
}
