using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PerfLog.Client.Cluster;
using PerfLog.Client.Security;

namespace PerfLog.Client.Admin;

/// <summary>How an <see cref="AdminClient"/> works.</summary>
public sealed record AdminClientOptions : IClusterOptions
{
    /// <summary>The addresses of some brokers of the cluster.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>What the client calls itself.</summary>
    public string ClientId { get; init; } = "perflog-admin";

    /// <summary>How long an answer may take (<c>request.timeout.ms</c>); also told to the cluster where a request carries a limit.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a call may take in which whatever may pass is tried again (<c>default.api.timeout.ms</c>); a call's own options may say otherwise.
    /// </summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The pause before asking again (<c>retry.backoff.ms</c>).</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the client relies on what it knows of brokers and leaders (<c>metadata.max.age.ms</c>).</summary>
    public TimeSpan MetadataMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How connections are protected (<c>security.protocol</c>, <c>sasl.…</c>, <c>ssl.…</c>).</summary>
    public SecurityOptions Security { get; init; } = SecurityOptions.Plaintext;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    // Whoever calls is told of every failure: there is nothing that only a log would tell.
    ILoggerFactory IClusterOptions.LoggerFactory => NullLoggerFactory.Instance;

    /// <summary>Reads options by Kafka's names, on top of the defaults.</summary>
    /// <exception cref="ClientConfigurationException">One is unknown or has a bad value.</exception>
    public static AdminClientOptions FromProperties(IEnumerable<KeyValuePair<string, string>> properties)
    {
        AdminClientOptions options = new AdminClientOptions { BootstrapServers = "" }.With(properties);
        if (options.BootstrapServers.Length == 0)
            throw new ClientConfigurationException("bootstrap.servers", "The option bootstrap.servers is missing: name some brokers, HOST:PORT,HOST:PORT.");
        options.Validate();
        return options;
    }

    /// <summary>The same options with some changed by Kafka's names.</summary>
    /// <exception cref="ClientConfigurationException">One is unknown or has a bad value.</exception>
    public AdminClientOptions With(IEnumerable<KeyValuePair<string, string>> properties) =>
        properties.Aggregate(this, static (options, property) => AdminProperties.Table.Set(options, property.Key, property.Value));

    internal IReadOnlyList<BrokerAddress> Validate()
    {
        Limits.RequireTime(RequestTimeout, "request.timeout.ms");
        Limits.RequireTime(CallTimeout, "default.api.timeout.ms");
        Limits.RequireTime(RetryBackoff, "retry.backoff.ms");
        Limits.RequireTime(MetadataMaxAge, "metadata.max.age.ms");
        Security.Validate();
        return Admin.BootstrapServers.Parse(BootstrapServers);
    }
}
