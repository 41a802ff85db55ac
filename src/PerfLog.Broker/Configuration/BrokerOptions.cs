using System.Collections.Immutable;
using PerfLog.Polling;
using PerfLog.Storage;

namespace PerfLog.Broker.Configuration;

/// <summary>A broker's configuration as typed values. Immutable; swap the whole when the dynamic configuration changes.</summary>
public sealed record BrokerOptions
{
    private BrokerOptions(BrokerConfig config) => Config = config;

    /// <summary>The values as text, with their sources: for DescribeConfigs and for topics' defaults.</summary>
    public BrokerConfig Config { get; }

    public required BrokerId BrokerId { get; init; }

    public string? Rack => Config.Find(BrokerKeys.Rack);

    /// <summary>At least one.</summary>
    public required ImmutableArray<ListenerEndpoint> Listeners { get; init; }

    /// <summary>What clients are told. A host left empty or a port of 0 is filled in by whoever listens.</summary>
    public required ImmutableArray<ListenerEndpoint> AdvertisedListeners { get; init; }

    /// <summary>The name of the listener that brokers use among each other.</summary>
    public required string InterBrokerListener { get; init; }

    /// <summary>At least one; as written, so relative to the working directory.</summary>
    public required ImmutableArray<string> LogDirectories { get; init; }

    /// <summary>Null for a folder in the first log directory.</summary>
    public string? MetadataDirectory => Config.Find(BrokerKeys.MetadataLogDir);

    public required int NumPartitions { get; init; }

    public required int DefaultReplicationFactor { get; init; }

    public required bool AutoCreateTopics { get; init; }

    public required bool DeleteTopicEnabled { get; init; }

    public required int RequestBytesMax { get; init; }

    /// <summary>-1 for no limit.</summary>
    public required long ConnectionIdleMsMax { get; init; }

    public required int ConnectionsMax { get; init; }

    public required int ConnectionsPerIpMax { get; init; }

    public required int QueuedRequestsMax { get; init; }

    /// <summary>-1 for no limit.</summary>
    public required long QueuedRequestBytesMax { get; init; }

    public required int SocketSendBufferBytes { get; init; }

    public required int SocketReceiveBufferBytes { get; init; }

    public required int ListenBacklog { get; init; }

    /// <summary>Threads that wait for connections and handle their requests.</summary>
    public required int NetworkThreads { get; init; }

    /// <summary>Whether those threads are the broker's own; otherwise .NET and its thread pool serve the connections.</summary>
    public required bool UsesPolling { get; init; }

    public required int RequestTimeoutMs { get; init; }

    public required int FetchBytesMax { get; init; }

    public required int FetchSessionsMax { get; init; }

    public required int BackgroundThreads { get; init; }

    public required int RecoveryThreadsPerDirectory { get; init; }

    public required long RetentionCheckIntervalMs { get; init; }

    public required long DiskReserveBytes { get; init; }

    public required WritePath WritePath { get; init; }

    /// <summary>How logs are compacted.</summary>
    public required CleanerOptions Cleaner { get; init; }

    public required int RecoveryPointCheckpointMs { get; init; }

    public required int LogStartCheckpointMs { get; init; }

    public required long HighWatermarkCheckpointMs { get; init; }

    public required int ProducerIdExpirationMs { get; init; }

    /// <summary>What a person should know although the broker starts.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>All defaults.</summary>
    public static BrokerOptions Default { get; } = Read(BrokerConfig.Defaults);

    /// <summary>Reads the layers, with their warnings.</summary>
    /// <exception cref="ConfigurationException">Some key or value is wrong.</exception>
    public static BrokerOptions Read(ConfigLayers layers)
    {
        BrokerOptions options = Read(layers.Build());
        return options with { Warnings = [.. layers.Warnings, .. options.Warnings] };
    }

    /// <exception cref="ConfigurationException">Values that are right each for itself contradict each other.</exception>
    public static BrokerOptions Read(BrokerConfig config)
    {
        var problems = new List<string>();
        ImmutableArray<ListenerEndpoint> listeners = ListenerEndpoint.ReadAll(config, BrokerKeys.Listeners, problems);
        ImmutableArray<ListenerEndpoint> advertised = config.Find(BrokerKeys.AdvertisedListeners) is null
            ? listeners
            : ListenerEndpoint.ReadAll(config, BrokerKeys.AdvertisedListeners, problems);
        foreach (ListenerEndpoint endpoint in advertised.Where(endpoint => listeners.All(listener => listener.Name != endpoint.Name)))
            problems.Add($"{BrokerKeys.AdvertisedListeners} has {endpoint.Name}, which {BrokerKeys.Listeners} does not have.");

        string? interBroker = config.Find(BrokerKeys.InterBrokerListener) ?? listeners.FirstOrDefault()?.Name;
        if (advertised.All(endpoint => endpoint.Name != interBroker))
            problems.Add($"{BrokerKeys.InterBrokerListener} is {interBroker}, which is no listener that is advertised.");
        if (config.Get(BrokerKeys.NetworkEngine) == "epoll" && !PollLoops.IsSupported)
            problems.Add($"{BrokerKeys.NetworkEngine} is epoll, which this system does not have; auto chooses what there is.");
        if (problems.Count > 0) throw new ConfigurationException(problems);
        return Read(config, listeners, advertised, interBroker!);
    }

    /// <summary>The options with other values set while running; the file and the flags stay.</summary>
    public BrokerOptions WithDynamic(
        IEnumerable<KeyValuePair<string, string>> ofAllBrokers, IEnumerable<KeyValuePair<string, string>> ofThisBroker) =>
        Read(Config.WithDynamic(ofAllBrokers, ofThisBroker)) with { Warnings = Warnings };

    private static BrokerOptions Read(
        BrokerConfig config,
        ImmutableArray<ListenerEndpoint> listeners,
        ImmutableArray<ListenerEndpoint> advertised,
        string interBroker) => new(config)
        {
            BrokerId = new BrokerId(ConfigText.Int(config.Find(BrokerKeys.NodeIdKey) ?? config.Get(BrokerKeys.BrokerIdKey))),
            Listeners = listeners,
            AdvertisedListeners = advertised,
            InterBrokerListener = interBroker,
            LogDirectories = ConfigText.List(config.Find(BrokerKeys.LogDirs) ?? config.Get(BrokerKeys.LogDir)),
            NumPartitions = Int(config, BrokerKeys.NumPartitions),
            DefaultReplicationFactor = Int(config, BrokerKeys.DefaultReplicationFactor),
            AutoCreateTopics = ConfigText.Boolean(config.Get(BrokerKeys.AutoCreateTopics)),
            DeleteTopicEnabled = ConfigText.Boolean(config.Get(BrokerKeys.DeleteTopicEnable)),
            RequestBytesMax = Int(config, BrokerKeys.SocketRequestMaxBytes),
            ConnectionIdleMsMax = Long(config, BrokerKeys.ConnectionsMaxIdleMs),
            ConnectionsMax = Int(config, BrokerKeys.ConnectionsMax),
            ConnectionsPerIpMax = Int(config, BrokerKeys.ConnectionsPerIpMax),
            QueuedRequestsMax = Int(config, BrokerKeys.QueuedMaxRequests),
            QueuedRequestBytesMax = Long(config, BrokerKeys.QueuedMaxRequestBytes),
            SocketSendBufferBytes = Int(config, BrokerKeys.SocketSendBufferBytes),
            SocketReceiveBufferBytes = Int(config, BrokerKeys.SocketReceiveBufferBytes),
            ListenBacklog = Int(config, BrokerKeys.ListenBacklog),
            NetworkThreads = config.Find(BrokerKeys.NetworkThreads) is { } threads ? ConfigText.Int(threads) : Environment.ProcessorCount,
            UsesPolling = config.Get(BrokerKeys.NetworkEngine) switch
            {
                "auto" => PollLoops.IsSupported,
                "epoll" => true,
                _ => false,
            },
            RequestTimeoutMs = Int(config, BrokerKeys.RequestTimeoutMs),
            FetchBytesMax = Int(config, BrokerKeys.FetchMaxBytes),
            FetchSessionsMax = Int(config, BrokerKeys.FetchSessionSlots),
            BackgroundThreads = Int(config, BrokerKeys.BackgroundThreads),
            RecoveryThreadsPerDirectory = Int(config, BrokerKeys.RecoveryThreads),
            RetentionCheckIntervalMs = Long(config, BrokerKeys.RetentionCheckMs),
            DiskReserveBytes = Long(config, BrokerKeys.DiskReserveBytes),
            WritePath = Enum.Parse<WritePath>(config.Get(BrokerKeys.WritePath), ignoreCase: true),
            Cleaner = CleanerOptions.Read(config),
            RecoveryPointCheckpointMs = Int(config, BrokerKeys.FlushOffsetCheckpointMs),
            LogStartCheckpointMs = Int(config, BrokerKeys.FlushStartOffsetCheckpointMs),
            HighWatermarkCheckpointMs = Long(config, BrokerKeys.HighWatermarkCheckpointMs),
            ProducerIdExpirationMs = Int(config, BrokerKeys.ProducerIdExpirationMs),
            Warnings = config.Find(BrokerKeys.ZooKeeperConnect) is null or ""
                ? []
                : [$"{config.OriginOf(BrokerKeys.ZooKeeperConnect)}: {BrokerKeys.ZooKeeperConnect} has no effect: the metadata is kept on local disk."],
        };

    private static int Int(BrokerConfig config, string key) => ConfigText.Int(config.Get(key));

    private static long Long(BrokerConfig config, string key) => ConfigText.Long(config.Get(key));
}
