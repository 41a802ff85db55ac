using static PerfLog.Broker.Configuration.ConfigCheck;
using static PerfLog.Broker.Configuration.ConfigType;

namespace PerfLog.Broker.Configuration;

/// <summary>Kafka's topic-level keys, as of 3.8, without those of tiered storage.</summary>
public static class TopicKeys
{
    public const string CleanupPolicy = "cleanup.policy";
    public const string CompressionType = "compression.type";
    public const string DeleteRetentionMs = "delete.retention.ms";
    public const string FileDeleteDelayMs = "file.delete.delay.ms";
    public const string FlushMessages = "flush.messages";
    public const string FlushMs = "flush.ms";
    public const string IndexIntervalBytes = "index.interval.bytes";
    public const string MaxCompactionLagMs = "max.compaction.lag.ms";
    public const string MaxMessageBytes = "max.message.bytes";
    public const string MessageTimestampAfterMaxMs = "message.timestamp.after.max.ms";
    public const string MessageTimestampBeforeMaxMs = "message.timestamp.before.max.ms";
    public const string MessageTimestampDifferenceMaxMs = "message.timestamp.difference.max.ms";
    public const string MessageTimestampType = "message.timestamp.type";
    public const string MinCleanableDirtyRatio = "min.cleanable.dirty.ratio";
    public const string MinCompactionLagMs = "min.compaction.lag.ms";
    public const string MinInsyncReplicas = "min.insync.replicas";
    public const string Preallocate = "preallocate";
    public const string RetentionBytes = "retention.bytes";
    public const string RetentionMs = "retention.ms";
    public const string SegmentBytes = "segment.bytes";
    public const string SegmentIndexBytes = "segment.index.bytes";
    public const string SegmentJitterMs = "segment.jitter.ms";
    public const string SegmentMs = "segment.ms";
    public const string UncleanLeaderElection = "unclean.leader.election.enable";

    internal const string LongMax = "9223372036854775807";
    private const long MinuteMs = 60_000;
    private const long HourMs = 60 * MinuteMs;

    public static readonly ConfigDefinition Definition = new(
    [
        Key(CleanupPolicy, List, "delete", OneOf("compact", "delete"), "How old records go: \"delete\" drops whole segments by age and size, \"compact\" keeps the latest record of each key; both may be named.", "log.cleanup.policy"),
        Key("compression.gzip.level", Int, "-1", BetweenOr(1, 9, -1), "The level of gzip when the broker compresses; -1 is the codec's own default.", "compression.gzip.level"),
        Key("compression.lz4.level", Int, "9", Between(1, 17), "The level of lz4 when the broker compresses.", "compression.lz4.level"),
        Key(CompressionType, ConfigType.String, "producer", OneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"), "The codec batches are stored in; \"producer\" keeps the one each batch came in.", "compression.type"),
        Key("compression.zstd.level", Int, "3", Between(-131072, 22), "The level of zstd when the broker compresses.", "compression.zstd.level"),
        Key(DeleteRetentionMs, Long, "86400000", AtLeast(0), "How long the mark of a deleted key stays in a compacted log, in milliseconds.", "log.cleaner.delete.retention.ms"),
        Key(FileDeleteDelayMs, Long, "60000", AtLeast(0), "The time between taking a segment out of a log and removing its files, in milliseconds.", "log.segment.delete.delay.ms"),
        Key(FlushMessages, Long, LongMax, AtLeast(1), "Records after which a log is flushed to the disk before they are acknowledged.", "log.flush.interval.messages"),
        Key(FlushMs, Long, LongMax, AtLeast(0), "The longest time that records stay unflushed, in milliseconds.", "log.flush.interval.ms", "log.flush.scheduler.interval.ms"),
        Key("follower.replication.throttled.replicas", List, "", Anything, "The partition:broker pairs whose following is throttled, or *."),
        Key(IndexIntervalBytes, Int, "4096", AtLeast(0), "The bytes of log between two entries of its offset index.", "log.index.interval.bytes"),
        Key("leader.replication.throttled.replicas", List, "", Anything, "The partition:broker pairs whose leading is throttled, or *."),
        Key(MaxCompactionLagMs, Long, LongMax, AtLeast(1), "The longest time that a record may stay uncompacted, in milliseconds.", "log.cleaner.max.compaction.lag.ms"),
        Key(MaxMessageBytes, Int, "1048588", AtLeast(0), "The largest batch accepted, in bytes as compressed.", "message.max.bytes"),
        Key("message.downconversion.enable", ConfigType.Boolean, "true", Anything, "Whether consumers of old protocol versions get batches rewritten in an old format.", "log.message.downconversion.enable"),
        Key("message.format.version", ConfigType.String, "3.0-IV1", Anything, "Has no effect any more: batches are always stored in format 2.", "log.message.format.version"),
        Key(MessageTimestampAfterMaxMs, Long, LongMax, AtLeast(0), "How far a record's timestamp may lie after the broker's clock, in milliseconds.", "log.message.timestamp.after.max.ms"),
        Key(MessageTimestampBeforeMaxMs, Long, LongMax, AtLeast(0), "How far a record's timestamp may lie before the broker's clock, in milliseconds.", "log.message.timestamp.before.max.ms"),
        Key(MessageTimestampDifferenceMaxMs, Long, LongMax, AtLeast(0), "The older key for both limits of a record's timestamp; they win over it when set.", "log.message.timestamp.difference.max.ms"),
        Key(MessageTimestampType, ConfigType.String, "CreateTime", OneOf("CreateTime", "LogAppendTime"), "Whose clock gives a record's timestamp: the producer's or the broker's.", "log.message.timestamp.type"),
        Key(MinCleanableDirtyRatio, ConfigType.Double, "0.5", Between(0, 1), "The share of a log that must be uncompacted before it is compacted again.", "log.cleaner.min.cleanable.ratio"),
        Key(MinCompactionLagMs, Long, "0", AtLeast(0), "The time that a record stays uncompacted at least, in milliseconds.", "log.cleaner.min.compaction.lag.ms"),
        Key(MinInsyncReplicas, Int, "1", AtLeast(1), "The in-sync replicas that acks=all needs.", "min.insync.replicas"),
        Key(Preallocate, ConfigType.Boolean, "false", Anything, "Whether a new segment's space on disk is reserved at once.", "log.preallocate"),
        Key(RetentionBytes, Long, "-1", AtLeast(-1), "The size of a partition beyond which its oldest segments are deleted; -1 for no limit.", "log.retention.bytes"),
        Key(RetentionMs, Long, "604800000", AtLeast(-1), "The age beyond which segments are deleted, in milliseconds; -1 for no limit.") with
        {
            Fallbacks = [new("log.retention.ms"), new("log.retention.minutes", MinuteMs), new("log.retention.hours", HourMs)],
        },
        Key(SegmentBytes, Int, "1073741824", AtLeast(14), "The largest size of a segment's log file.", "log.segment.bytes"),
        Key(SegmentIndexBytes, Int, "10485760", AtLeast(4), "The largest size of a segment's index file.", "log.index.size.max.bytes"),
        Key(SegmentJitterMs, Long, "0", AtLeast(0), "Up to this much is taken off segment.ms at random, so that not all logs roll at once.") with
        {
            Fallbacks = [new("log.roll.jitter.ms"), new("log.roll.jitter.hours", HourMs)],
        },
        Key(SegmentMs, Long, "604800000", AtLeast(1), "The time after which a segment is closed although it is not full, in milliseconds.") with
        {
            Fallbacks = [new("log.roll.ms"), new("log.roll.hours", HourMs)],
        },
        Key(UncleanLeaderElection, ConfigType.Boolean, "false", Anything, "Whether a replica that is not in sync may become leader when no other is left, losing records.", "unclean.leader.election.enable"),
    ]);

    private static ConfigKey Key(
        string name, ConfigType type, string value, ConfigCheck check, string documentation, params string[] fallbacks) =>
        new(name, type, value, check, documentation)
        {
            Fallbacks = [.. fallbacks.Select(static fallback => new ConfigFallback(fallback))],
            Update = ConfigUpdate.WhileRunning,
        };
}
