using Microsoft.Extensions.Logging;
using PerfLog.Broker.Configuration;
using PerfLog.Storage;

namespace PerfLog.Broker.Hosting;

/// <summary>All that a broker takes from outside: its configuration, and its disk, clock, randomness and log.</summary>
public sealed record BrokerServerSettings
{
    /// <summary>The folder, inside the first log directory, that holds the metadata of a single-node cluster.</summary>
    public const string MetadataFolder = "metadata";

    public required BrokerOptions Options { get; init; }

    /// <summary>Where the embedded metadata store keeps its journal; null keeps it in memory.</summary>
    public required string? MetadataDirectory { get; init; }

    public required IStorageDevice Device { get; init; }

    public required ILoggerFactory LoggerFactory { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The seed of everything random: ids, session numbers, replica placement. Null for a different one each time.</summary>
    public int? Seed { get; init; }
}
