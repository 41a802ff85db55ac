using PerfLog.Client.Consuming;

namespace PerfLog.Client;

/// <summary>A consumer's options by Kafka's names.</summary>
internal static class ConsumerProperties
{
    private static readonly Dictionary<string, OffsetReset> ResetsByName = new()
    {
        ["latest"] = OffsetReset.Latest, ["earliest"] = OffsetReset.Earliest, ["none"] = OffsetReset.None,
    };

    private static readonly Dictionary<string, GroupProtocol> ProtocolsByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["classic"] = GroupProtocol.Classic, ["consumer"] = GroupProtocol.Consumer,
    };

    private static readonly Dictionary<string, IsolationLevel> IsolationsByName = new()
    {
        ["read_uncommitted"] = IsolationLevel.ReadUncommitted, ["read_committed"] = IsolationLevel.ReadCommitted,
    };

    private static readonly Dictionary<string, IPartitionAssignor> AssignorsByName = new()
    {
        ["range"] = PartitionAssignors.Range,
        ["roundrobin"] = PartitionAssignors.RoundRobin,
        ["sticky"] = PartitionAssignors.Sticky,
        ["cooperative-sticky"] = PartitionAssignors.CooperativeSticky,
        ["org.apache.kafka.clients.consumer.RangeAssignor"] = PartitionAssignors.Range,
        ["org.apache.kafka.clients.consumer.RoundRobinAssignor"] = PartitionAssignors.RoundRobin,
        ["org.apache.kafka.clients.consumer.StickyAssignor"] = PartitionAssignors.Sticky,
        ["org.apache.kafka.clients.consumer.CooperativeStickyAssignor"] = PartitionAssignors.CooperativeSticky,
    };

    public static readonly OptionTable<ConsumerOptions> Table = new OptionTable<ConsumerOptions>()
        .Text("bootstrap.servers", static (options, value) => options with { BootstrapServers = value })
        .Text("client.id", static (options, value) => options with { ClientId = value })
        .Text("client.rack", static (options, value) => options with { Rack = value })
        .Text("group.id", static (options, value) => options with { GroupId = value })
        .Text("group.instance.id", static (options, value) => options with { GroupInstanceId = value })
        .Choice("group.protocol", ProtocolsByName, static (options, value) => options with { GroupProtocol = value })
        .Text("group.remote.assignor", static (options, value) => options with { GroupRemoteAssignor = value })
        .Choice("auto.offset.reset", ResetsByName, static (options, value) => options with { AutoOffsetReset = value })
        .Switch("enable.auto.commit", static (options, value) => options with { EnableAutoCommit = value })
        .Milliseconds("auto.commit.interval.ms", static (options, value) => options with { AutoCommitInterval = value })
        .Number("max.poll.records", static (options, value) => options with { MaxPollRecords = value })
        .Milliseconds("max.poll.interval.ms", static (options, value) => options with { MaxPollInterval = value })
        .Milliseconds("session.timeout.ms", static (options, value) => options with { SessionTimeout = value })
        .Milliseconds("heartbeat.interval.ms", static (options, value) => options with { HeartbeatInterval = value })
        .Choice("isolation.level", IsolationsByName, static (options, value) => options with { IsolationLevel = value })
        .Number("fetch.min.bytes", static (options, value) => options with { FetchMinBytes = value })
        .Number("fetch.max.bytes", static (options, value) => options with { FetchMaxBytes = value })
        .Milliseconds("fetch.max.wait.ms", static (options, value) => options with { FetchMaxWait = value })
        .Number("max.partition.fetch.bytes", static (options, value) => options with { MaxPartitionFetchBytes = value })
        .Switch("check.crcs", static (options, value) => options with { CheckCrcs = value })
        .Text("partition.assignment.strategy", static (options, value) => options with { Assignors = Assignors(value) })
        .Milliseconds("request.timeout.ms", static (options, value) => options with { RequestTimeout = value })
        .Milliseconds("default.api.timeout.ms", static (options, value) => options with { ApiTimeout = value })
        .Milliseconds("retry.backoff.ms", static (options, value) => options with { RetryBackoff = value })
        .Milliseconds("metadata.max.age.ms", static (options, value) => options with { MetadataMaxAge = value })
        .Switch("allow.auto.create.topics", static (options, value) => options with { AllowAutoCreateTopics = value })
        .Security(static (options, change) => options with { Security = change(options.Security) });

    private static IPartitionAssignor[] Assignors(string names) =>
        [.. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(static name =>
            AssignorsByName.TryGetValue(name, out IPartitionAssignor? assignor)
                ? assignor
                : throw new ClientConfigurationException(
                    "partition.assignment.strategy",
                    $"partition.assignment.strategy={name} is not allowed: it must be one of {string.Join(", ", AssignorsByName.Keys)}."))];
}
