using System.Collections.Immutable;
using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Broker.Configuration;

/// <summary>Makes typed settings of a topic's values. All methods are pure.</summary>
internal static class TopicSettingsReader
{
    /// <param name="valueOf">The effective, valid value of each topic key.</param>
    /// <param name="producerIdExpirationMs">The broker's; topics have no key for it.</param>
    public static TopicSettings Read(Func<string, string> valueOf, int producerIdExpirationMs) => new()
    {
        Log = ReadLog(valueOf, producerIdExpirationMs),
        TargetCodec = ReadCodec(valueOf(TopicKeys.CompressionType)),
        UsesLogAppendTime = valueOf(TopicKeys.MessageTimestampType).Trim() == "LogAppendTime",
        TimestampBeforeMaxMs = ReadTimestampLimit(valueOf, TopicKeys.MessageTimestampBeforeMaxMs),
        TimestampAfterMaxMs = ReadTimestampLimit(valueOf, TopicKeys.MessageTimestampAfterMaxMs),
        MinInsyncReplicas = ConfigText.Int(valueOf(TopicKeys.MinInsyncReplicas)),
        UncleanLeaderElection = ConfigText.Boolean(valueOf(TopicKeys.UncleanLeaderElection)),
    };

    private static LogOptions ReadLog(Func<string, string> valueOf, int producerIdExpirationMs) => new()
    {
        SegmentBytes = ConfigText.Int(valueOf(TopicKeys.SegmentBytes)),
        SegmentMs = ConfigText.Long(valueOf(TopicKeys.SegmentMs)),
        SegmentJitterMs = ConfigText.Long(valueOf(TopicKeys.SegmentJitterMs)),
        SegmentIndexBytes = ConfigText.Int(valueOf(TopicKeys.SegmentIndexBytes)),
        IndexIntervalBytes = ConfigText.Int(valueOf(TopicKeys.IndexIntervalBytes)),
        RetentionMs = ConfigText.Long(valueOf(TopicKeys.RetentionMs)),
        RetentionBytes = ConfigText.Long(valueOf(TopicKeys.RetentionBytes)),
        FlushMessages = ConfigText.Long(valueOf(TopicKeys.FlushMessages)),
        FlushMs = ConfigText.Long(valueOf(TopicKeys.FlushMs)),
        FileDeleteDelayMs = ConfigText.Long(valueOf(TopicKeys.FileDeleteDelayMs)),
        CleanupPolicy = ReadCleanupPolicy(valueOf(TopicKeys.CleanupPolicy)),
        MinCleanableDirtyRatio = ConfigText.Double(valueOf(TopicKeys.MinCleanableDirtyRatio)),
        MinCompactionLagMs = ConfigText.Long(valueOf(TopicKeys.MinCompactionLagMs)),
        MaxCompactionLagMs = ConfigText.Long(valueOf(TopicKeys.MaxCompactionLagMs)),
        DeleteRetentionMs = ConfigText.Long(valueOf(TopicKeys.DeleteRetentionMs)),
        MaxMessageBytes = ConfigText.Int(valueOf(TopicKeys.MaxMessageBytes)),
        Preallocate = ConfigText.Boolean(valueOf(TopicKeys.Preallocate)),
        ProducerIdExpirationMs = producerIdExpirationMs,
    };

    private static CleanupPolicies ReadCleanupPolicy(string text)
    {
        ImmutableArray<string> words = ConfigText.List(text);
        CleanupPolicies delete = words.Contains("delete") ? CleanupPolicies.Delete : CleanupPolicies.None;
        return words.Contains("compact") ? delete | CleanupPolicies.Compact : delete;
    }

    private static CompressionCodec? ReadCodec(string text) => text.Trim() switch
    {
        "uncompressed" => CompressionCodec.None,
        "gzip" => CompressionCodec.Gzip,
        "snappy" => CompressionCodec.Snappy,
        "lz4" => CompressionCodec.Lz4,
        "zstd" => CompressionCodec.Zstd,
        _ => null,
    };

    /// <summary>The key's own value where it was set to anything but "no limit", else that of the older key.</summary>
    private static long ReadTimestampLimit(Func<string, string> valueOf, string name)
    {
        long limit = ConfigText.Long(valueOf(name));
        return limit != long.MaxValue ? limit : ConfigText.Long(valueOf(TopicKeys.MessageTimestampDifferenceMaxMs));
    }
}
