using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PerfLog.Client.Admin;
using PerfLog.Client.Cluster;
using PerfLog.Client.Security;
using PerfLog.Records;

namespace PerfLog.Client.Producing;

/// <summary>How many replicas must have a record before it counts as written.</summary>
public enum Acks : short
{
    /// <summary>Those that are in sync, all of them.</summary>
    All = -1,

    /// <summary>None: the broker does not even answer.</summary>
    None = 0,

    /// <summary>The partition's leader.</summary>
    Leader = 1,
}

/// <summary>
/// How a producer works. The names in brackets are Kafka's; the defaults are those of the specification, and
/// <see cref="Safe"/> has today's.
/// </summary>
public sealed record ProducerOptions : IClusterOptions
{
    /// <summary>The addresses of some brokers (<c>bootstrap.servers</c>).</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>What the producer calls itself (<c>client.id</c>).</summary>
    public string ClientId { get; init; } = "perflog-producer";

    /// <summary>When a record counts as written (<c>acks</c>).</summary>
    public Acks Acks { get; init; } = Acks.Leader;

    /// <summary>The memory for records that are not yet written or given up (<c>buffer.memory</c>).</summary>
    public long BufferMemory { get; init; } = 32 * 1024 * 1024;

    /// <summary>How often a request is sent again (<c>retries</c>); the delivery's time bounds it too.</summary>
    public int Retries { get; init; } = int.MaxValue;

    /// <summary>The bytes of a partition's batch (<c>batch.size</c>); a larger record has one of its own.</summary>
    public int BatchSize { get; init; } = 16 * 1024;

    /// <summary>How long a batch waits for more records (<c>linger.ms</c>). At 0 it goes when its broker can take it.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.Zero;

    /// <summary>How batches are compressed (<c>compression.type</c>).</summary>
    public CompressionCodec Compression { get; init; } = CompressionCodec.None;

    /// <summary>Whether sending again writes nothing twice and keeps the order (<c>enable.idempotence</c>).</summary>
    public bool EnableIdempotence { get; init; }

    /// <summary>Requests to one broker that are not answered yet (<c>max.in.flight.requests.per.connection</c>).</summary>
    public int MaxInFlight { get; init; } = 5;

    /// <summary>The time from sending a record to its being written or given up (<c>delivery.timeout.ms</c>).</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long an answer may take (<c>request.timeout.ms</c>).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a record may wait for memory or for its topic to be known (<c>max.block.ms</c>).</summary>
    public TimeSpan MaxBlock { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The bytes of a request, and so of a record (<c>max.request.size</c>).</summary>
    public int MaxRequestSize { get; init; } = 1024 * 1024;

    /// <summary>The pause before sending again (<c>retry.backoff.ms</c>).</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Metadata older than this is asked for again (<c>metadata.max.age.ms</c>).</summary>
    public TimeSpan MetadataMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How partitions are chosen (<c>partitioner.class</c>).</summary>
    public PartitionerFactory Partitioner { get; init; } = Partitioners.Default;

    /// <summary>How long disposal may take to send what is left; the rest fails.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Records that may wait in line for memory or metadata; one more is refused at once.</summary>
    public int WaitingMax { get; init; } = 10_000;

    /// <summary>How connections are protected (<c>security.protocol</c>, <c>sasl.…</c>, <c>ssl.…</c>).</summary>
    public SecurityOptions Security { get; init; } = SecurityOptions.Plaintext;

    /// <summary>Makes the log, which tells when no broker can be reached.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The start of the partitioners' randomness; null takes it from the clock.</summary>
    public int? Seed { get; init; }

    /// <summary>Today's defaults: every replica in sync has a record before it counts, and nothing is written twice.</summary>
    public static ProducerOptions Safe(string bootstrapServers) =>
        new() { BootstrapServers = bootstrapServers, Acks = Acks.All, EnableIdempotence = true };

    /// <summary>The specification's defaults: the leader alone acknowledges.</summary>
    public static ProducerOptions Classic(string bootstrapServers) => new() { BootstrapServers = bootstrapServers };

    /// <summary>Reads options by Kafka's names, on top of the defaults.</summary>
    /// <exception cref="ClientConfigurationException">One is unknown, has a bad value or contradicts another.</exception>
    public static ProducerOptions FromProperties(IEnumerable<KeyValuePair<string, string>> properties)
    {
        ProducerOptions options = new() { BootstrapServers = "" };
        foreach (var (name, value) in properties) options = ProducerProperties.Table.Set(options, name, value);
        if (options.BootstrapServers.Length == 0)
            throw new ClientConfigurationException("bootstrap.servers", "The option bootstrap.servers is missing: name some brokers, HOST:PORT,HOST:PORT.");
        options.Validate();
        return options;
    }

    /// <summary>The same options with some changed by Kafka's names; they are compared with each other when the client is made.</summary>
    /// <exception cref="ClientConfigurationException">One is unknown or has a bad value.</exception>
    public ProducerOptions With(IEnumerable<KeyValuePair<string, string>> properties) =>
        properties.Aggregate(this, static (options, property) => ProducerProperties.Table.Set(options, property.Key, property.Value));

    internal IReadOnlyList<BrokerAddress> Validate()
    {
        Limits.Require(BatchSize >= 0, "batch.size", BatchSize, "0 or more");
        Limits.Require(BufferMemory > 0, "buffer.memory", BufferMemory, "more than 0");
        Limits.Require(BufferMemory >= BatchSize, "buffer.memory", BufferMemory, $"at least batch.size ({BatchSize})");
        Limits.Require(MaxRequestSize > 0, "max.request.size", MaxRequestSize, "more than 0");
        Limits.Require(MaxInFlight > 0, "max.in.flight.requests.per.connection", MaxInFlight, "more than 0");
        Limits.Require(Retries >= 0, "retries", Retries, "0 or more");
        Limits.Require(WaitingMax > 0, nameof(WaitingMax), WaitingMax, "more than 0");
        Limits.RequireTime(Linger, "linger.ms");
        Limits.RequireTime(RequestTimeout, "request.timeout.ms");
        Limits.RequireTime(MaxBlock, "max.block.ms");
        Limits.RequireTime(RetryBackoff, "retry.backoff.ms");
        Limits.Require(
            DeliveryTimeout >= Linger + RequestTimeout,
            "delivery.timeout.ms",
            DeliveryTimeout.TotalMilliseconds,
            "at least linger.ms + request.timeout.ms");
        Limits.Require(!EnableIdempotence || Acks == Acks.All, "acks", ProducerProperties.NameOf(Acks), "all when enable.idempotence=true");
        Limits.Require(!EnableIdempotence || Retries > 0, "retries", Retries, "more than 0 when enable.idempotence=true");
        Limits.Require(
            !EnableIdempotence || MaxInFlight <= SequencedInFlightMax,
            "max.in.flight.requests.per.connection",
            MaxInFlight,
            $"at most {SequencedInFlightMax} when enable.idempotence=true");
        Security.Validate();
        return Admin.BootstrapServers.Parse(BootstrapServers);
    }

    // A broker remembers this many batches of a producer, to know a repeated one.
    private const int SequencedInFlightMax = 5;
}
