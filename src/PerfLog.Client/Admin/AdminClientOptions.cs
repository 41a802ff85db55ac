namespace PerfLog.Client.Admin;

/// <summary>How an <see cref="AdminClient"/> works.</summary>
public sealed record AdminClientOptions
{
    /// <summary>The addresses of some brokers of the cluster.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>What the client calls itself.</summary>
    public string ClientId { get; init; } = "perflog-admin";

    /// <summary>How long an answer may take; also told to the cluster where a request carries a limit.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before asking again where the cluster is between two controllers.</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
