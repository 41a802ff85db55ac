using PerfLog.Broker.Configuration;

namespace PerfLog.Broker.Groups;

/// <summary>The limits and times of consumer groups. One for the broker; a group whose own settings differ has its own.</summary>
internal sealed record ConsumerGroupSettings
{
    private const int ImpatienceFactor = 10;
    private const int ImpatientIntervalMsMin = 50;
    private static readonly IGroupAssignor[] KnownAssignors = [new UniformAssignor(), new RangeAssignor()];

    public int HeartbeatIntervalMs { get; init; } = 5000;

    public int SessionTimeoutMs { get; init; } = 45_000;

    public int MembersMax { get; init; } = int.MaxValue;

    /// <summary>The assignors that members may ask for; the first is taken where none asks.</summary>
    public IReadOnlyList<IGroupAssignor> Assignors { get; init; } = KnownAssignors;

    public MigrationPolicy Migration { get; init; } = MigrationPolicy.Bidirectional;

    /// <summary>The limits of the classic group that this one may become.</summary>
    public ClassicGroupSettings Classic { get; init; } = new();

    /// <summary>How often a regular expression is held against topics that come and go.</summary>
    public int RegexIntervalMs { get; init; } = 1000;

    /// <summary>
    /// The interval of a member that waits for partitions of others: they become free at moments that only the broker knows, and
    /// the sooner the member asks, the shorter nobody reads them.
    /// </summary>
    public int ImpatientIntervalMs =>
        Math.Min(HeartbeatIntervalMs, Math.Max(ImpatientIntervalMsMin, HeartbeatIntervalMs / ImpatienceFactor));

    public static ConsumerGroupSettings Read(BrokerConfig config, ClassicGroupSettings classic) => new()
    {
        HeartbeatIntervalMs = ConfigText.Int(config.Get("group.consumer.heartbeat.interval.ms")),
        SessionTimeoutMs = ConfigText.Int(config.Get("group.consumer.session.timeout.ms")),
        MembersMax = ConfigText.Int(config.Get("group.consumer.max.size")),
        Migration = Enum.Parse<MigrationPolicy>(config.Get("group.consumer.migration.policy"), ignoreCase: true),
        Classic = classic,
        Assignors = [.. ConfigText.List(config.Get("group.consumer.assignors"))
            .Select(static name => KnownAssignors.First(assignor => assignor.Name == name))],
    };
}
