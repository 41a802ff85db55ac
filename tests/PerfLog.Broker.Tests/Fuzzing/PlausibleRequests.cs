using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Broker.Tests.Fuzzing;

/// <summary>
/// Good frames of every api and version that the broker advertises, as the soil that mutations grow on. A version that
/// cannot carry what a message says gets a message without it.
/// </summary>
internal static class PlausibleRequests
{
    private const string Topic = "t";

    public static List<byte[]> For(ApiVersionsResponse advertised, Uuid topicId)
    {
        List<byte[]> frames = [];
        foreach (ApiVersionsResponse.ApiVersion api in advertised.ApiKeys)
        {
            for (short version = api.MinVersion; version <= api.MaxVersion; version++) frames.AddRange(Frames((ApiKey)api.ApiKey, version, topicId));
        }

        return frames;
    }

    private static IEnumerable<byte[]> Frames(ApiKey key, short version, Uuid topicId) => key switch
    {
        ApiKey.Produce => Produces(version).Select(request => RawClient.Frame(request, version, 1)),
        ApiKey.Fetch => Fetches(version, topicId).Select(request => RawClient.Frame(request, version, 2)),
        ApiKey.ListOffsets => [RawClient.Frame(ListOffsets(), version, 3)],
        ApiKey.Metadata =>
        [
            RawClient.Frame(new MetadataRequest { Topics = [new() { Name = Topic }], AllowAutoTopicCreation = true }, version, 4),
            RawClient.Frame(new MetadataRequest { Topics = version == 0 ? [] : null }, version, 4),
        ],
        ApiKey.ApiVersions => [RawClient.Frame(new ApiVersionsRequest { ClientSoftwareName = "raw", ClientSoftwareVersion = "1.0" }, version, 5)],
        ApiKey.CreateTopics => [RawClient.Frame(CreateTopics(), version, 6)],
        ApiKey.DeleteTopics => [RawClient.Frame(DeleteTopics(version), version, 7)],
        ApiKey.DeleteRecords => [RawClient.Frame(new DeleteRecordsRequest { Topics = [new() { Name = Topic, Partitions = [new() { Offset = 1 }] }] }, version, 8)],
        ApiKey.InitProducerId => [RawClient.Frame(new InitProducerIdRequest { TransactionalId = null }, version, 9)],
        ApiKey.OffsetForLeaderEpoch =>
            [RawClient.Frame(new OffsetForLeaderEpochRequest { Topics = [new() { Topic = Topic, Partitions = [new()] }] }, version, 10)],
        ApiKey.DescribeConfigs => [RawClient.Frame(DescribeConfigs(version), version, 11)],
        ApiKey.AlterConfigs => [RawClient.Frame(AlterConfigs(), version, 12)],
        ApiKey.IncrementalAlterConfigs => [RawClient.Frame(IncrementalAlterConfigs(), version, 13)],
        ApiKey.CreatePartitions =>
            [RawClient.Frame(new CreatePartitionsRequest { Topics = [new() { Name = Topic, Count = 3, Assignments = [new() { BrokerIds = [0] }] }] }, version, 14)],
        ApiKey.DescribeLogDirs => [RawClient.Frame(new DescribeLogDirsRequest { Topics = [new() { Topic = Topic, Partitions = [0, 1] }] }, version, 15)],
        ApiKey.DescribeCluster => [RawClient.Frame(new DescribeClusterRequest(), version, 16)],
        ApiKey.DescribeTopicPartitions =>
            [RawClient.Frame(new DescribeTopicPartitionsRequest { Topics = [new() { Name = Topic }], Cursor = new() { TopicName = Topic } }, version, 17)],
        _ => PlausibleGroupRequests.Frames(key, version)
            ?? throw new InvalidOperationException($"{key} is advertised but nothing plausible is known of it: add it here."),
    };

    private static IEnumerable<ProduceRequest> Produces(short version)
    {
        if (version < 3)
        {
            byte[] old = [.. new OldMessage(0, 1, Batch.Time, "k", "v").Write(), .. new OldMessage(1, 1, Batch.Time, null, "w").Write()];
            return [ClientRequests.Produce(Topic, old), ClientRequests.Produce(Topic, OldMessage.WriteGzip(0, [new(0, 0, -1, "k", "v")]))];
        }

        return
        [
            ClientRequests.Produce(Topic, Batch.Of("a", "b", null)),
            ClientRequests.Produce(Topic, Batch.Idempotent(5, 0, 0, "a", "b")),
            .. from codec in (CompressionCodec[])[CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd]
               select ClientRequests.Produce(Topic, Batch.Of(codec, "a", new string('b', 300))),
        ];
    }

    private static IEnumerable<FetchRequest> Fetches(short version, Uuid topicId)
    {
        FetchRequest plain = ClientRequests.Fetch((Topic, 0, 0), (Topic, 1, 0));
        plain.Topics.ForEach(topic => topic.TopicId = version >= 13 ? topicId : Uuid.Zero);
        if (version < 7) return [plain];
        FetchRequest session = ClientRequests.Fetch(Topic, 0);
        session.SessionEpoch = 0;
        session.Topics[0].TopicId = version >= 13 ? topicId : Uuid.Zero;
        session.ForgottenTopicsData = [new() { Topic = version < 13 ? Topic : "", TopicId = version >= 13 ? topicId : Uuid.Zero, Partitions = [1] }];
        return [plain, session];
    }

    private static ListOffsetsRequest ListOffsets() =>
        new() { ReplicaId = -1, Topics = [new() { Name = Topic, Partitions = [new() { Timestamp = -1 }, new() { PartitionIndex = 1, Timestamp = Batch.Time }] }] };

    private static CreateTopicsRequest CreateTopics() => new()
    {
        Topics =
        [
            new() { Name = "made", NumPartitions = 1, ReplicationFactor = 1, Configs = [new() { Name = "segment.bytes", Value = "100000" }] },
            new() { Name = "placed", NumPartitions = -1, ReplicationFactor = -1, Assignments = [new() { PartitionIndex = 0, BrokerIds = [0] }] },
        ],
    };

    private static DeleteTopicsRequest DeleteTopics(short version) =>
        version < 6 ? new() { TopicNames = ["made"] } : new() { Topics = [new() { Name = "made" }, new() { TopicId = new Uuid(1, 2) }] };

    private static DescribeConfigsRequest DescribeConfigs(short version) => new()
    {
        Resources = [new() { ResourceType = 2, ResourceName = Topic, ConfigurationKeys = ["segment.bytes"] }, new() { ResourceType = 4, ResourceName = "0", ConfigurationKeys = null }],
        IncludeSynonyms = version >= 1,
        IncludeDocumentation = version >= 3,
    };

    private static AlterConfigsRequest AlterConfigs() => new()
    {
        Resources = [new() { ResourceType = 2, ResourceName = Topic, Configs = [new() { Name = "max.message.bytes", Value = "1000000" }] }],
    };

    private static IncrementalAlterConfigsRequest IncrementalAlterConfigs() => new()
    {
        Resources = [new() { ResourceType = 2, ResourceName = Topic, Configs = [new() { Name = "flush.ms", ConfigOperation = 0, Value = "1000000" }] }],
    };
}
