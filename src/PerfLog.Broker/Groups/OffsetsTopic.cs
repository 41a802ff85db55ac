using PerfLog.Broker.Configuration;
using PerfLog.Broker.Topics;
using PerfLog.Hashing;
using PerfLog.Metadata;

namespace PerfLog.Broker.Groups;

/// <summary>
/// The topic that groups' members and offsets are kept in, made when somebody first asks for a coordinator. Any thread may
/// call it.
/// </summary>
internal sealed class OffsetsTopic(ClusterMetadata cluster, TopicCreator creator, GroupSettings settings)
{
    public const string Name = "__consumer_offsets";

    private readonly SemaphoreSlim _oneCreation = new(1);

    /// <summary>The broker that coordinates the group; none while there is none.</summary>
    public async ValueTask<BrokerId> CoordinatorOfAsync(string groupId)
    {
        if (await FindOrCreateAsync() is not { } topic) return BrokerId.None;
        return topic.Partitions[JavaHash.Partition(groupId, topic.Partitions.Length)].Leader;
    }

    private ValueTask<TopicImage?> FindOrCreateAsync() =>
        cluster.Image.Topics.Find(Name) is { } topic ? new(topic) : CreateAsync();

    /// <summary>Clients come by the hundred at once; one of them makes the topic and the others find it.</summary>
    private async ValueTask<TopicImage?> CreateAsync()
    {
        await _oneCreation.WaitAsync();
        try
        {
            if (cluster.Image.Topics.Find(Name) is { } topic) return topic;
            CatalogResult<TopicImage> created = await creator.CreateAsync(Describe(), validateOnly: false);

            // Another broker may have been faster.
            return created.Value ?? cluster.Image.Topics.Find(Name);
        }
        finally
        {
            _oneCreation.Release();
        }
    }

    private NewTopic Describe() => new()
    {
        Name = Name,
        Partitions = settings.TopicPartitions,
        ReplicationFactor = Math.Clamp(cluster.Image.Brokers.Count, 1, settings.TopicReplicationFactor),
        Config = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "compact",
            ["segment.bytes"] = ConfigText.Of(settings.TopicSegmentBytes),
            ["compression.type"] = "producer",
        },
    };
}
