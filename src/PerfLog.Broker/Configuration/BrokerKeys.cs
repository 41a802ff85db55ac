using static PerfLog.Broker.Configuration.ConfigCheck;
using static PerfLog.Broker.Configuration.ConfigType;

namespace PerfLog.Broker.Configuration;

/// <summary>Kafka's broker keys that PerfLog knows. The keys that give topics their defaults are derived from the topics'.</summary>
public static class BrokerKeys
{
    public const string AdvertisedListeners = "advertised.listeners";
    public const string AutoCreateTopics = "auto.create.topics.enable";
    public const string BackgroundThreads = "background.threads";
    public const string BrokerIdKey = "broker.id";
    public const string ConnectionsMax = "max.connections";
    public const string ConnectionsMaxIdleMs = "connections.max.idle.ms";
    public const string ConnectionsPerIpMax = "max.connections.per.ip";
    public const string DefaultReplicationFactor = "default.replication.factor";
    public const string DeleteTopicEnable = "delete.topic.enable";
    public const string FetchMaxBytes = "fetch.max.bytes";
    public const string FetchSessionSlots = "max.incremental.fetch.session.cache.slots";
    public const string FlushOffsetCheckpointMs = "log.flush.offset.checkpoint.interval.ms";
    public const string FlushStartOffsetCheckpointMs = "log.flush.start.offset.checkpoint.interval.ms";
    public const string HighWatermarkCheckpointMs = "replica.high.watermark.checkpoint.interval.ms";
    public const string InterBrokerListener = "inter.broker.listener.name";
    public const string ListenBacklog = "socket.listen.backlog.size";
    public const string Listeners = "listeners";
    public const string ListenerSecurityProtocols = "listener.security.protocol.map";
    public const string LogDir = "log.dir";
    public const string LogDirs = "log.dirs";
    public const string MetadataLogDir = "metadata.log.dir";
    public const string NetworkEngine = "perflog.network.engine";
    public const string NetworkThreads = "num.network.threads";
    public const string NodeIdKey = "node.id";
    public const string NumPartitions = "num.partitions";
    public const string ProducerIdExpirationMs = "producer.id.expiration.ms";
    public const string QueuedMaxRequestBytes = "queued.max.request.bytes";
    public const string QueuedMaxRequests = "queued.max.requests";
    public const string Rack = "broker.rack";
    public const string RecoveryThreads = "num.recovery.threads.per.data.dir";
    public const string RequestTimeoutMs = "request.timeout.ms";
    public const string CleanerEnable = "log.cleaner.enable";
    public const string CleanerThreads = "log.cleaner.threads";
    public const string CleanerDedupeBufferBytes = "log.cleaner.dedupe.buffer.size";
    public const string CleanerIoBufferBytes = "log.cleaner.io.buffer.size";
    public const string CleanerLoadFactor = "log.cleaner.io.buffer.load.factor";
    public const string CleanerBytesPerSecondMax = "log.cleaner.io.max.bytes.per.second";
    public const string CleanerBackoffMs = "log.cleaner.backoff.ms";
    public const string DiskReserveBytes = "perflog.disk.reserve.bytes";
    public const string WritePath = "perflog.storage.write.path";
    public const string RetentionCheckMs = "log.retention.check.interval.ms";
    public const string SocketReceiveBufferBytes = "socket.receive.buffer.bytes";
    public const string SocketRequestMaxBytes = "socket.request.max.bytes";
    public const string SocketSendBufferBytes = "socket.send.buffer.bytes";
    public const string ZooKeeperConnect = "zookeeper.connect";

    private const string IntMax = "2147483647";

    public static readonly ConfigDefinition Definition =
        new([.. BrokerItself, .. Networking, .. Logs, .. Replication, .. BrokerCoordinatorKeys.All, .. TopicDefaults()]);

    private static ConfigKey[] BrokerItself =>
    [
        Fixed(BrokerIdKey, Int, "0", AtLeast(0), "The broker's number, of its own in the cluster."),
        Fixed(NodeIdKey, Int, null, AtLeast(0), "The newer name of broker.id; it wins when both are set."),
        Fixed(Rack, ConfigType.String, null, Anything, "Where the broker stands, to spread replicas and to find the nearest."),
        Fixed(AutoCreateTopics, ConfigType.Boolean, "true", Anything, "Whether a topic is created when somebody uses it."),
        Fixed(DeleteTopicEnable, ConfigType.Boolean, "true", Anything, "Whether topics may be deleted."),
        Fixed(NumPartitions, Int, "1", AtLeast(1), "The partitions of a topic that does not say."),
        Fixed(DefaultReplicationFactor, Int, "1", AtLeast(1), "The replicas of a topic that does not say."),
        Fixed(ZooKeeperConnect, ConfigType.String, null, Anything, "The ZooKeeper ensemble, host:port,…/path. Without it the metadata is kept on local disk."),
        Fixed("zookeeper.session.timeout.ms", Int, "18000", AtLeast(1), "The silence after which ZooKeeper takes the broker for dead, in milliseconds."),
        Fixed("zookeeper.connection.timeout.ms", Int, null, AtLeast(1), "How long connecting to ZooKeeper may take, in milliseconds; by default the session's timeout."),
        Dynamic(BackgroundThreads, Int, "10", AtLeast(1), "Threads for housekeeping."),
        Fixed("controlled.shutdown.enable", ConfigType.Boolean, "true", Anything, "Whether a stopping broker first hands over its leaderships."),
    ];

    private static ConfigKey[] Networking =>
    [
        Fixed(Listeners, List, "PLAINTEXT://127.0.0.1:9092", NotEmpty, "Where requests are taken: name://host:port, divided by commas. An empty host is every address."),
        Fixed(AdvertisedListeners, List, null, NotEmpty, "What clients are told to connect to; by default the listeners."),
        Fixed(ListenerSecurityProtocols, List, "PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL", Anything, "The security protocol of each listener, name:protocol."),
        Fixed(InterBrokerListener, ConfigType.String, null, Anything, "The listener that brokers reach each other by; by default the first."),
        Fixed(SocketRequestMaxBytes, Int, "104857600", AtLeast(1), "The largest request; a larger one closes its connection."),
        Fixed(SocketSendBufferBytes, Int, "-1", AtLeast(-1), "The send buffer of a connection's socket; -1 for the system's, which adapts."),
        Fixed(SocketReceiveBufferBytes, Int, "-1", AtLeast(-1), "The receive buffer of a connection's socket; -1 for the system's, which adapts."),
        Fixed(ListenBacklog, Int, "512", AtLeast(1), "Connections that wait to be accepted."),
        Fixed(ConnectionsMaxIdleMs, Long, "600000", AtLeastOr(1, -1), "The silence after which a connection is closed, in milliseconds; -1 for never."),
        Dynamic(ConnectionsMax, Int, IntMax, AtLeast(0), "Connections at one time."),
        Dynamic(ConnectionsPerIpMax, Int, IntMax, AtLeast(0), "Connections of one address at one time."),
        Dynamic("max.connection.creation.rate", Int, IntMax, AtLeast(0), "New connections a second."),
        Fixed(NetworkThreads, Int, null, Between(1, 1024), "Threads that wait for connections and handle their requests; by default as many as the machine has processors."),
        Fixed(NetworkEngine, ConfigType.String, "auto", OneOf("auto", "epoll", "system"), "PerfLog's own: who waits for connections: epoll, for Linux; system, .NET and its thread pool; auto, the first where it can be."),
        Dynamic("num.io.threads", Int, "8", AtLeast(1), "Accepted for Kafka's sake; requests are handled by the network threads."),
        Fixed(QueuedMaxRequests, Int, "500", AtLeast(1), "Requests of one connection that are taken in but not answered."),
        Fixed(QueuedMaxRequestBytes, Long, "-1", AtLeastOr(1, -1), "Bytes of requests that are taken in but not answered; -1 for no limit but the others."),
        Fixed(RequestTimeoutMs, Int, "30000", AtLeast(1), "How long a broker waits for another's answer, in milliseconds."),
        Fixed(FetchMaxBytes, Int, "57671680", AtLeast(1024), "The most bytes that one fetch is answered with."),
        Fixed(FetchSessionSlots, Int, "1000", AtLeast(0), "Incremental fetch sessions remembered at one time."),
    ];

    private static ConfigKey[] Logs =>
    [
        Fixed(LogDirs, List, null, NotEmpty, "The directories that logs lie in, divided by commas; by default log.dir."),
        Fixed(LogDir, ConfigType.String, "perflog-data", Anything, "The directory that logs lie in when log.dirs is not set."),
        Fixed(MetadataLogDir, ConfigType.String, null, Anything, "The directory of the metadata kept on local disk; by default a folder in the first log directory."),
        Dynamic("log.retention.ms", Long, null, AtLeastOr(1, -1), "The topics' retention.ms by default; it wins over the minutes and hours."),
        Fixed("log.retention.minutes", Int, null, AtLeastOr(1, -1), "The topics' retention.ms by default, in minutes; it wins over the hours."),
        Fixed(DiskReserveBytes, Long, "67108864", AtLeast(0), "PerfLog's own: appends are refused when the disk of a log directory has fewer bytes left; 0 for until it is full."),
        Fixed(WritePath, ConfigType.String, "cached", OneOf("cached", "direct", "auto"), "PerfLog's own: how records reach the disk; \"cached\" through the page cache, \"direct\" past it, \"auto\" by whichever proves faster at the start."),
        Fixed("log.retention.hours", Int, "168", AtLeastOr(1, -1), "The topics' retention.ms by default, in hours."),
        Dynamic("log.roll.ms", Long, null, AtLeast(1), "The topics' segment.ms by default; it wins over the hours."),
        Fixed("log.roll.hours", Int, "168", AtLeast(1), "The topics' segment.ms by default, in hours."),
        Dynamic("log.roll.jitter.ms", Long, null, AtLeast(0), "The topics' segment.jitter.ms by default; it wins over the hours."),
        Fixed("log.roll.jitter.hours", Int, "0", AtLeast(0), "The topics' segment.jitter.ms by default, in hours."),
        Dynamic("log.flush.interval.ms", Long, null, AtLeast(0), "The topics' flush.ms by default."),
        Fixed("log.flush.scheduler.interval.ms", Long, TopicKeys.LongMax, AtLeast(1), "The topics' flush.ms when log.flush.interval.ms is not set."),
        Fixed(FlushOffsetCheckpointMs, Int, "60000", AtLeast(0), "How often recovery points are written down, in milliseconds."),
        Fixed(FlushStartOffsetCheckpointMs, Int, "60000", AtLeast(0), "How often log start offsets are written down, in milliseconds."),
        Fixed(RetentionCheckMs, Long, "300000", AtLeast(1), "How often logs are looked at for old segments, in milliseconds."),
        Dynamic(RecoveryThreads, Int, "1", AtLeast(1), "Logs of one directory that are opened or recovered at one time."),
        Fixed(CleanerEnable, ConfigType.Boolean, "true", Anything, "Whether logs are compacted."),
        Dynamic(CleanerThreads, Int, "1", AtLeast(0), "Logs that are compacted at one time."),
        Dynamic(CleanerDedupeBufferBytes, Long, "134217728", AtLeast(1), "The memory for the keys of logs being compacted, in bytes."),
        Dynamic(CleanerIoBufferBytes, Int, "524288", AtLeast(0), "The memory for reading and writing in compaction, in bytes."),
        Dynamic(CleanerLoadFactor, ConfigType.Double, "0.9", Between(0, 1), "How full the table of keys may become in compaction."),
        Dynamic(CleanerBytesPerSecondMax, ConfigType.Double, "1.7976931348623157E308", AtLeast(0), "The most bytes a second that compaction reads and writes."),
        Dynamic(CleanerBackoffMs, Long, "15000", AtLeast(0), "The pause when no log needs compaction, in milliseconds."),
        Dynamic(ProducerIdExpirationMs, Int, "86400000", AtLeast(1), "The silence after which an idempotent producer is forgotten, in milliseconds."),
        Fixed("producer.id.expiration.check.interval.ms", Int, "600000", AtLeast(1), "How often silent producers are looked for, in milliseconds."),
    ];

    private static ConfigKey[] Replication =>
    [
        Fixed("replica.lag.time.max.ms", Long, "30000", AtLeast(1), "How long a follower may be behind and still count as in sync, in milliseconds."),
        Fixed("replica.fetch.max.bytes", Int, "1048576", AtLeast(0), "The bytes of one partition that a follower asks for."),
        Fixed("replica.fetch.response.max.bytes", Int, "10485760", AtLeast(0), "The bytes that one answer to a follower has."),
        Fixed("replica.fetch.wait.max.ms", Int, "500", AtLeast(0), "How long a follower's fetch waits for records, in milliseconds."),
        Fixed("replica.fetch.min.bytes", Int, "1", AtLeast(0), "The bytes that a follower's fetch waits for."),
        Fixed("replica.fetch.backoff.ms", Int, "1000", AtLeast(0), "The pause after a follower's fetch failed, in milliseconds."),
        Fixed("replica.socket.timeout.ms", Int, "30000", AtLeast(1), "How long a follower waits for an answer, in milliseconds."),
        Fixed("replica.socket.receive.buffer.bytes", Int, "65536", AtLeast(-1), "The receive buffer of a follower's socket; -1 for the system's."),
        Fixed("replica.selector.class", ConfigType.String, null, Anything, "How consumers are sent to a replica that is near."),
        Dynamic("num.replica.fetchers", Int, "1", AtLeast(1), "Connections to each leader that a broker follows by."),
        Fixed(HighWatermarkCheckpointMs, Long, "5000", AtLeast(1), "How often high watermarks are written down, in milliseconds."),
        Fixed("auto.leader.rebalance.enable", ConfigType.Boolean, "true", Anything, "Whether leadership goes back to preferred replicas by itself."),
        Fixed("leader.imbalance.check.interval.seconds", Long, "300", AtLeast(1), "How often that is looked at, in seconds."),
        Fixed("leader.imbalance.per.broker.percentage", Int, "10", AtLeast(0), "The share of partitions that may be led by others before that happens."),
    ];

    /// <summary>For each topic key the broker key that gives its default, where the tables above do not have it.</summary>
    private static IEnumerable<ConfigKey> TopicDefaults() =>
        from topicKey in TopicKeys.Definition.Keys
        where topicKey.Fallbacks is [var only] && only.Factor == 1
        select Dynamic(
            topicKey.Fallbacks[0].Key,
            topicKey.Type,
            topicKey.Default,
            topicKey.Check,
            $"The default for topics' {topicKey.Name}. {topicKey.Documentation}");

    internal static ConfigKey Fixed(string name, ConfigType type, string? value, ConfigCheck check, string documentation) =>
        new(name, type, value, check, documentation);

    internal static ConfigKey Dynamic(string name, ConfigType type, string? value, ConfigCheck check, string documentation) =>
        new(name, type, value, check, documentation) { Update = ConfigUpdate.WhileRunning };
}
