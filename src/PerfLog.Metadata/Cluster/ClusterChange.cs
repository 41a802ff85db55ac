using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>One step from an image to the next, and what differs, so that a listener need not compare.</summary>
/// <param name="Before">The image that was current.</param>
/// <param name="After">The image that is current now.</param>
/// <param name="Topics">Names of topics created, deleted or changed (partitions, leaders, config).</param>
/// <param name="Brokers">Brokers that came, went or registered anew.</param>
/// <param name="BrokerConfigsChanged">True when the brokers' dynamic configuration changed.</param>
public sealed record ClusterChange(
    ClusterImage Before,
    ClusterImage After,
    ImmutableArray<string> Topics,
    ImmutableArray<BrokerId> Brokers,
    bool BrokerConfigsChanged);
