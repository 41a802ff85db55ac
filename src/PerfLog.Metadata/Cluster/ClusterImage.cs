using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>
/// The whole cluster as one moment's metadata has it. Immutable: readers take the current one from
/// <see cref="ClusterMetadata.Image"/> and see one consistent state as long as they keep it.
/// </summary>
public sealed record ClusterImage
{
    private static readonly IComparer<BrokerId> ByNumber =
        Comparer<BrokerId>.Create(static (left, right) => left.Value.CompareTo(right.Value));

    internal static readonly ClusterImage Empty = new();

    /// <summary>Rises by one with each image.</summary>
    public long Generation { get; init; }

    /// <summary>Null until the cluster was given one.</summary>
    public string? ClusterId { get; init; }

    /// <summary>The broker that is the controller; <see cref="BrokerId.None"/> while none is.</summary>
    public BrokerId Controller { get; init; } = BrokerId.None;

    /// <summary>0 before the first controller.</summary>
    public int ControllerEpoch { get; init; }

    /// <summary>The live brokers, by their number.</summary>
    public ImmutableSortedDictionary<BrokerId, BrokerImage> Brokers { get; init; } =
        ImmutableSortedDictionary.Create<BrokerId, BrokerImage>(ByNumber);

    public TopicTable Topics { get; init; } = TopicTable.Empty;

    /// <summary>The values set at run time for single brokers.</summary>
    public ImmutableDictionary<BrokerId, ImmutableDictionary<string, string>> BrokerConfigs { get; init; } =
        ImmutableDictionary<BrokerId, ImmutableDictionary<string, string>>.Empty;

    /// <summary>The values set at run time for all brokers.</summary>
    public ImmutableDictionary<string, string> DefaultBrokerConfig { get; init; } =
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The partition, or null when there is no such topic or number.</summary>
    public PartitionImage? Find(ReadOnlySpan<char> topic, int partition) => Topics.Find(topic)?.Find(partition);
}
