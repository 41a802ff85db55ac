using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PerfLog.Client.Admin;

namespace PerfLog.Client.Cluster;

/// <summary>How a client learns of its cluster.</summary>
internal sealed record ClusterClientOptions
{
    public required IReadOnlyList<BrokerAddress> Bootstrap { get; init; }

    /// <summary>Metadata older than this is asked for again.</summary>
    public TimeSpan MetadataMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The pause between two attempts.</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether asking for a topic may make it.</summary>
    public bool AllowsTopicCreation { get; init; } = true;

    /// <summary>The client's name in its log.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Makes the log.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
