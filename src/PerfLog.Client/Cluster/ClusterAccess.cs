using Microsoft.Extensions.Logging;
using PerfLog.Client.Admin;
using PerfLog.Client.Security;
using PerfLog.Protocol.Connections;

namespace PerfLog.Client.Cluster;

/// <summary>The options that all clients have in common: how they reach their cluster, and how they learn of it.</summary>
internal interface IClusterOptions
{
    string ClientId { get; }

    TimeSpan RequestTimeout { get; }

    TimeSpan RetryBackoff { get; }

    TimeSpan MetadataMaxAge { get; }

    SecurityOptions Security { get; }

    ILoggerFactory LoggerFactory { get; }

    TimeProvider Time { get; }
}

/// <summary>Sets up a client's way to its cluster. It connects when it is first asked something.</summary>
internal static class ClusterAccess
{
    /// <param name="options">The client's options, which have been validated.</param>
    /// <param name="bootstrap">The brokers that they name.</param>
    /// <param name="opener">Opens the connections; null for real ones.</param>
    /// <param name="allowsTopicCreation">Whether asking for a topic may make it.</param>
    /// <param name="groupTimeout">How long an answer may take that waits for other members of a group.</param>
    public static ClusterClient Open(
        IClusterOptions options,
        IReadOnlyList<BrokerAddress> bootstrap,
        IBrokerLinkOpener? opener,
        bool allowsTopicCreation = true,
        TimeSpan groupTimeout = default)
    {
        ClusterClientOptions cluster = new()
        {
            Bootstrap = bootstrap,
            MetadataMaxAge = options.MetadataMaxAge,
            RetryBackoff = options.RetryBackoff,
            AllowsTopicCreation = allowsTopicCreation,
            ClientId = options.ClientId,
            LoggerFactory = options.LoggerFactory,
            Time = options.Time,
        };
        BrokerConnectionOptions connection = new()
        {
            ClientId = options.ClientId, RequestTimeout = options.RequestTimeout, Time = options.Time,
        };
        return new ClusterClient(cluster, opener ?? new SocketLinkOpener(options.Security.Protect(connection), groupTimeout));
    }
}
