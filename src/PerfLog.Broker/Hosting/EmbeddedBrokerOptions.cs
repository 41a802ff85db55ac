using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace PerfLog.Broker;

/// <summary>How to start a broker inside this process. Everything has a default that suits a test.</summary>
public sealed record EmbeddedBrokerOptions
{
    /// <summary>Where topics and records are kept; null keeps them in memory, and they are gone with the broker.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The address to listen on; a name or an IP address of this machine.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port to listen on; 0 lets the system choose a free one.</summary>
    public int Port { get; init; }

    /// <summary>Broker settings by Kafka's names, such as <c>num.partitions</c> or <c>auto.create.topics.enable</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the broker logs to; by default nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The broker's clock: record times, retention, timeouts.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
