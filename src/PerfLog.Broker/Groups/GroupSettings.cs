using PerfLog.Broker.Configuration;
using PerfLog.Records;

namespace PerfLog.Broker.Groups;

/// <summary>A group coordinator's configuration as typed values.</summary>
internal sealed record GroupSettings
{
    public required ClassicGroupSettings Classic { get; init; }

    public required ConsumerGroupSettings Consumer { get; init; }

    /// <summary><c>group.coordinator.rebalance.protocols</c> names "consumer".</summary>
    public required bool ServesConsumerGroups { get; init; }

    /// <summary><c>offset.metadata.max.bytes</c>, but no more than a record can hold.</summary>
    public required int OffsetMetadataBytesMax { get; init; }

    /// <summary><c>offsets.retention.minutes</c></summary>
    public required long OffsetsRetentionMs { get; init; }

    /// <summary><c>offsets.retention.check.interval.ms</c></summary>
    public required long ExpiryCheckIntervalMs { get; init; }

    /// <summary><c>offsets.load.buffer.size</c></summary>
    public required int LoadBufferBytes { get; init; }

    public required int TopicPartitions { get; init; }

    public required int TopicReplicationFactor { get; init; }

    public required int TopicSegmentBytes { get; init; }

    public required CompressionCodec Codec { get; init; }

    public static GroupSettings Read(BrokerOptions options)
    {
        BrokerConfig config = options.Config;
        var classic = new ClassicGroupSettings
        {
            MembersMax = Int("group.max.size"),
            SessionTimeoutMinMs = Int("group.min.session.timeout.ms"),
            SessionTimeoutMaxMs = Int("group.max.session.timeout.ms"),
            InitialRebalanceDelayMs = Int("group.initial.rebalance.delay.ms"),
        };
        return new GroupSettings
        {
            Classic = classic,
            Consumer = ConsumerGroupSettings.Read(config, classic),
            ServesConsumerGroups = ConfigText.List(config.Get("group.coordinator.rebalance.protocols")).Contains(ConsumerGroup.TypeName),
            OffsetMetadataBytesMax = Math.Min(Int("offset.metadata.max.bytes"), short.MaxValue),
            OffsetsRetentionMs = Int("offsets.retention.minutes") * 60_000L,
            ExpiryCheckIntervalMs = ConfigText.Long(config.Get("offsets.retention.check.interval.ms")),
            LoadBufferBytes = Int("offsets.load.buffer.size"),
            TopicPartitions = Int("offsets.topic.num.partitions"),
            TopicReplicationFactor = ConfigText.Int(config.Get("offsets.topic.replication.factor")),
            TopicSegmentBytes = Int("offsets.topic.segment.bytes"),
            Codec = (CompressionCodec)Int("offsets.topic.compression.codec"),
        };

        int Int(string key) => ConfigText.Int(config.Get(key));
    }
}
