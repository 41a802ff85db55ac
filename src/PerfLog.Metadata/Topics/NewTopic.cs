using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>A topic to create.</summary>
public sealed record NewTopic
{
    public required string Name { get; init; }

    /// <summary>How many partitions; not looked at with <see cref="Assignments"/>.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>How many brokers hold each partition; not looked at with <see cref="Assignments"/>.</summary>
    public int ReplicationFactor { get; init; } = 1;

    /// <summary>The replicas by partition number, when the caller chooses them; the first one leads.</summary>
    public ImmutableSortedDictionary<int, ImmutableArray<BrokerId>>? Assignments { get; init; }

    /// <summary>Values that differ from the brokers' defaults; the caller has validated them.</summary>
    public IReadOnlyDictionary<string, string> Config { get; init; } = ConfigEntity.None;
}
