namespace PerfLog.Metadata;

/// <summary>Where the cluster's metadata stands in the tree: Kafka's layout, so that its tools find their way.</summary>
public static class ClusterLayout
{
    public const string ClusterId = "/cluster/id";
    public const string BrokerIds = "/brokers/ids";
    public const string Topics = "/brokers/topics";
    public const string Controller = "/controller";
    public const string ControllerEpoch = "/controller_epoch";
    public const string TopicConfigs = "/config/topics";
    public const string BrokerConfigs = "/config/brokers";
    public const string ProducerIdBlock = "/latest_producer_id_block";

    /// <summary>The name under <see cref="BrokerConfigs"/> of the values that hold for all brokers.</summary>
    public const string DefaultEntity = "<default>";

    private static readonly string[] PersistentPaths =
    [
        "/cluster", "/brokers", BrokerIds, Topics, "/config", TopicConfigs, BrokerConfigs, "/config/clients",
        "/config/users", "/config/ips", "/config/changes", "/admin", "/admin/delete_topics", "/isr_change_notification",
        "/log_dir_event_notification",
    ];

    public static string Broker(BrokerId broker) => $"{BrokerIds}/{broker}";

    public static string BrokerConfig(BrokerId broker) => $"{BrokerConfigs}/{broker}";

    public static string Topic(string topic) => $"{Topics}/{topic}";

    public static string TopicConfig(string topic) => $"{TopicConfigs}/{topic}";

    public static string Partitions(string topic) => $"{Topics}/{topic}/partitions";

    public static string Partition(string topic, int partition) => $"{Topics}/{topic}/partitions/{partition}";

    public static string PartitionState(string topic, int partition) => $"{Topics}/{topic}/partitions/{partition}/state";

    /// <summary>Creates what every cluster has, where it is missing.</summary>
    public static async ValueTask EnsureAsync(IMetadataSession session, CancellationToken cancellation = default)
    {
        foreach (string path in PersistentPaths)
        {
            if (await session.ExistsAsync(path, cancellation)) continue;
            CommitResult created = await session.CreateAsync(path, default, ZnodeMode.Persistent, cancellation);
            if (created.Error is not (ZnodeError.None or ZnodeError.NodeExists))
                throw new MetadataUnavailableException($"{path} cannot be created: {created.Error}.");
        }
    }
}
