using System.Buffers;
using PerfLog.Buffers;
using PerfLog.Protocol.Authentication;
using PerfLog.Protocol.Connections.Transports;

namespace PerfLog.Protocol.Connections;

/// <summary>What a connection to a broker is made with.</summary>
public sealed record BrokerConnectionOptions
{
    // The answers that a consumer of some partitions has at hand at a time.
    private const long KeptBytesMax = 64 << 20;

    private static readonly KeptMemory Answers = new(new KeptBlocks(KeptBytesMax));

    /// <summary>How the client names itself in every request.</summary>
    public string? ClientId { get; init; } = "perflog";

    /// <summary>How long an answer may take, the connection's making included.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests sent and not answered; the next one waits.</summary>
    public int InFlightMax { get; init; } = 1000;

    /// <summary>The longest response that is accepted.</summary>
    public int ResponseBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>How it is encrypted; null for not at all.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>How the client proves who it is; null for not by SASL.</summary>
    public SaslOptions? Sasl { get; init; }

    /// <summary>Where answers lie; by default all connections of the process share what they keep.</summary>
    public MemoryPool<byte> Pool { get; init; } = Answers;

    /// <summary>
    /// Whether threads of PerfLog's own wait for what comes, where the system has epoll and TLS is not asked for; otherwise .NET and its
    /// thread pool do.
    /// </summary>
    public bool IsPolled { get; init; } = true;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
