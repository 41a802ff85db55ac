using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PerfLog.Client.Admin;
using PerfLog.Client.Cluster;
using PerfLog.Client.Security;

namespace PerfLog.Client.Consuming;

/// <summary>Where to read a partition from which the group has committed nothing, or whose position is gone.</summary>
public enum OffsetReset
{
    /// <summary>From what comes next.</summary>
    Latest,

    /// <summary>From the first record that is there.</summary>
    Earliest,

    /// <summary>Nowhere: it is an error.</summary>
    None,
}

/// <summary>Which records of transactions a consumer sees, numbered as in the protocol.</summary>
public enum IsolationLevel : sbyte
{
    /// <summary>All of them.</summary>
    ReadUncommitted = 0,

    /// <summary>Those of committed transactions.</summary>
    ReadCommitted = 1,
}

/// <summary>The protocol by which the members of a group share its partitions (<c>group.protocol</c>).</summary>
public enum GroupProtocol
{
    /// <summary>One of the members assigns, and all of them join anew whenever something changes.</summary>
    Classic,

    /// <summary>The coordinator assigns, and members give up and take over partitions one by one.</summary>
    Consumer,
}

/// <summary>
/// How a consumer works. The names in brackets are Kafka's; the defaults are those of the specification.
/// </summary>
public sealed record ConsumerOptions : IClusterOptions
{
    private static readonly TimeSpan DefaultSessionTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultHeartbeatInterval = TimeSpan.FromSeconds(3);
    private static readonly IPartitionAssignor[] DefaultAssignors = [PartitionAssignors.Range, PartitionAssignors.CooperativeSticky];

    // What is null was not set, which the newer group protocol tells from the default.
    private readonly TimeSpan? _sessionTimeout;
    private readonly TimeSpan? _heartbeatInterval;
    private readonly IReadOnlyList<IPartitionAssignor>? _assignors;

    /// <summary>The addresses of some brokers (<c>bootstrap.servers</c>).</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>The group (<c>group.id</c>); null for a consumer that is assigned its partitions and commits nothing.</summary>
    public string? GroupId { get; init; }

    /// <summary>Names this member for good, so that a restart causes no rebalance (<c>group.instance.id</c>).</summary>
    public string? GroupInstanceId { get; init; }

    /// <summary>How the group shares its partitions (<c>group.protocol</c>).</summary>
    public GroupProtocol GroupProtocol { get; init; } = GroupProtocol.Classic;

    /// <summary>
    /// The coordinator's assignor that this member asks for (<c>group.remote.assignor</c>), with <see cref="GroupProtocol.Consumer"/>
    /// only; null for the coordinator's choice.
    /// </summary>
    public string? GroupRemoteAssignor { get; init; }

    /// <summary>What the consumer calls itself (<c>client.id</c>).</summary>
    public string ClientId { get; init; } = "perflog-consumer";

    /// <summary>Where it is, so that a replica nearby may serve it (<c>client.rack</c>).</summary>
    public string Rack { get; init; } = "";

    /// <summary>Where to start without a position (<c>auto.offset.reset</c>).</summary>
    public OffsetReset AutoOffsetReset { get; init; } = OffsetReset.Latest;

    /// <summary>Whether polls commit what earlier polls returned (<c>enable.auto.commit</c>).</summary>
    public bool EnableAutoCommit { get; init; } = true;

    /// <summary>How often (<c>auto.commit.interval.ms</c>).</summary>
    public TimeSpan AutoCommitInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Records of one poll (<c>max.poll.records</c>).</summary>
    public int MaxPollRecords { get; init; } = 500;

    /// <summary>The time between two polls after which the member gives its partitions up (<c>max.poll.interval.ms</c>).</summary>
    public TimeSpan MaxPollInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The time without a heartbeat after which the group goes on without the member (<c>session.timeout.ms</c>).</summary>
    public TimeSpan SessionTimeout { get => _sessionTimeout ?? DefaultSessionTimeout; init => _sessionTimeout = value; }

    /// <summary>The pause between heartbeats (<c>heartbeat.interval.ms</c>).</summary>
    public TimeSpan HeartbeatInterval { get => _heartbeatInterval ?? DefaultHeartbeatInterval; init => _heartbeatInterval = value; }

    /// <summary>What is seen of transactions (<c>isolation.level</c>).</summary>
    public IsolationLevel IsolationLevel { get; init; } = IsolationLevel.ReadUncommitted;

    /// <summary>The bytes that a broker waits for before it answers (<c>fetch.min.bytes</c>).</summary>
    public int FetchMinBytes { get; init; } = 1;

    /// <summary>How long it waits for them (<c>fetch.max.wait.ms</c>).</summary>
    public TimeSpan FetchMaxWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The bytes of one answer (<c>fetch.max.bytes</c>).</summary>
    public int FetchMaxBytes { get; init; } = 50 * 1024 * 1024;

    /// <summary>The bytes of one partition in an answer (<c>max.partition.fetch.bytes</c>); a larger batch comes alone.</summary>
    public int MaxPartitionFetchBytes { get; init; } = 1024 * 1024;

    /// <summary>The bytes that are fetched and not yet polled; beyond them nothing more is asked for.</summary>
    public int PrefetchBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Whether checksums are compared (<c>check.crcs</c>).</summary>
    public bool CheckCrcs { get; init; } = true;

    /// <summary>The assignors, the preferred one first (<c>partition.assignment.strategy</c>).</summary>
    public IReadOnlyList<IPartitionAssignor> Assignors { get => _assignors ?? DefaultAssignors; init => _assignors = value; }

    /// <summary>How long an answer may take (<c>request.timeout.ms</c>).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the calls may take that ask the cluster something (<c>default.api.timeout.ms</c>).</summary>
    public TimeSpan ApiTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The pause before asking again (<c>retry.backoff.ms</c>).</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Metadata older than this is asked for again (<c>metadata.max.age.ms</c>).</summary>
    public TimeSpan MetadataMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether asking for a topic may make it (<c>allow.auto.create.topics</c>).</summary>
    public bool AllowAutoCreateTopics { get; init; } = true;

    /// <summary>How connections are protected (<c>security.protocol</c>, <c>sasl.…</c>, <c>ssl.…</c>).</summary>
    public SecurityOptions Security { get; init; } = SecurityOptions.Plaintext;

    /// <summary>Makes the log, which tells when no broker can be reached.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Reads options by Kafka's names, on top of the defaults.</summary>
    /// <exception cref="ClientConfigurationException">One is unknown, has a bad value or contradicts another.</exception>
    public static ConsumerOptions FromProperties(IEnumerable<KeyValuePair<string, string>> properties)
    {
        ConsumerOptions options = new() { BootstrapServers = "" };
        foreach (var (name, value) in properties) options = ConsumerProperties.Table.Set(options, name, value);
        if (options.BootstrapServers.Length == 0)
            throw new ClientConfigurationException("bootstrap.servers", "The option bootstrap.servers is missing: name some brokers, HOST:PORT,HOST:PORT.");
        options.Validate();
        return options;
    }

    /// <summary>The same options with some changed by Kafka's names; they are compared with each other when the client is made.</summary>
    /// <exception cref="ClientConfigurationException">One is unknown or has a bad value.</exception>
    public ConsumerOptions With(IEnumerable<KeyValuePair<string, string>> properties) =>
        properties.Aggregate(this, static (options, property) => ConsumerProperties.Table.Set(options, property.Key, property.Value));

    internal IReadOnlyList<BrokerAddress> Validate()
    {
        Limits.Require(GroupId is null or { Length: > 0 }, "group.id", "''", "a name, or not set");
        Limits.Require(GroupInstanceId is null || GroupId is not null, "group.instance.id", GroupInstanceId ?? "", "used with group.id");
        Limits.Require(MaxPollRecords > 0, "max.poll.records", MaxPollRecords, "more than 0");
        Limits.Require(FetchMinBytes >= 0, "fetch.min.bytes", FetchMinBytes, "0 or more");
        Limits.Require(FetchMaxBytes > 0, "fetch.max.bytes", FetchMaxBytes, "more than 0");
        Limits.Require(MaxPartitionFetchBytes > 0, "max.partition.fetch.bytes", MaxPartitionFetchBytes, "more than 0");
        Limits.Require(PrefetchBytesMax > 0, nameof(PrefetchBytesMax), PrefetchBytesMax, "more than 0");
        Limits.Require(Assignors.Count > 0, "partition.assignment.strategy", "''", "at least one assignor");
        Limits.RequireTime(AutoCommitInterval, "auto.commit.interval.ms");
        Limits.RequireTime(MaxPollInterval, "max.poll.interval.ms");
        Limits.RequireTime(RetryBackoff, "retry.backoff.ms");
        Limits.Require(
            HeartbeatInterval < SessionTimeout,
            "heartbeat.interval.ms",
            HeartbeatInterval.TotalMilliseconds,
            $"less than session.timeout.ms ({SessionTimeout.TotalMilliseconds})");
        Limits.Require(
            FetchMaxWait < RequestTimeout,
            "fetch.max.wait.ms",
            FetchMaxWait.TotalMilliseconds,
            $"less than request.timeout.ms ({RequestTimeout.TotalMilliseconds})");
        ValidateProtocol();
        Security.Validate();
        return Admin.BootstrapServers.Parse(BootstrapServers);
    }

    private void ValidateProtocol()
    {
        if (GroupProtocol == GroupProtocol.Classic)
        {
            Limits.Require(GroupRemoteAssignor is null, "group.remote.assignor", GroupRemoteAssignor ?? "", "used with group.protocol=consumer");
            return;
        }

        const string Allowed = "not set with group.protocol=consumer, in which the coordinator decides it";
        Limits.Require(GroupRemoteAssignor is null or { Length: > 0 }, "group.remote.assignor", "''", "a name, or not set");
        Limits.Require(_sessionTimeout is null, "session.timeout.ms", SessionTimeout.TotalMilliseconds, Allowed);
        Limits.Require(_heartbeatInterval is null, "heartbeat.interval.ms", HeartbeatInterval.TotalMilliseconds, Allowed);
        Limits.Require(
            _assignors is null, "partition.assignment.strategy", string.Join(',', Assignors.Select(static assignor => assignor.Name)), Allowed);
    }
}
