using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Topics;
using PerfLog.Metadata;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>
/// Describes the brokers and the topics that a client asks for, and creates topics that are missing where both the broker
/// (<c>auto.create.topics.enable</c>) and the client want it.
/// </summary>
internal sealed class MetadataHandler(
    ClusterMetadata metadata, TopicCreator creator, string listener, bool createsTopics, ILogger logger)
    : MessageHandler<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 12, logger)
{
    private const short FirstVersionWithNoTopics = 1;

    // Versions 10 and 11 can ask by id, but their answers cannot leave the name out.
    private const short FirstVersionWithNullNames = 12;

    protected override async ValueTask<MetadataResponse> AnswerAsync(MetadataRequest request, RequestContext context)
    {
        var response = new MetadataResponse();
        if (AsksForAll(request, context.Version))
        {
            foreach (TopicImage topic in metadata.Image.Topics) response.Topics.Add(Describe(topic));
        }
        else
        {
            foreach (var asked in request.Topics!) response.Topics.Add(await FindAsync(asked, request.AllowAutoTopicCreation, context.Version));
        }

        DescribeBrokers(response, metadata.Image);
        return response;
    }

    /// <summary>"All" is null, but version 0 has no null and says it with an empty list.</summary>
    private static bool AsksForAll(MetadataRequest request, short version) =>
        request.Topics is null || (version < FirstVersionWithNoTopics && request.Topics.Count == 0);

    private void DescribeBrokers(MetadataResponse response, ClusterImage image)
    {
        response.ClusterId = image.ClusterId;
        response.ControllerId = image.Controller.Value;
        foreach (BrokerImage broker in image.Brokers.Values)
        {
            if (broker.Find(listener) is not { } endpoint) continue;
            response.Brokers.Add(new() { NodeId = broker.Id.Value, Host = endpoint.Host, Port = endpoint.Port, Rack = broker.Rack });
        }
    }

    private async ValueTask<MetadataResponse.MetadataResponseTopic> FindAsync(
        MetadataRequest.MetadataRequestTopic asked, bool mayCreate, short version)
    {
        if (asked.Name is null)
        {
            TopicImage? byId = metadata.Image.Topics.Find(asked.TopicId);
            string? noName = version < FirstVersionWithNullNames ? "" : null;
            return byId is null ? Failed(noName, asked.TopicId, ErrorCode.UnknownTopicId) : Describe(byId);
        }

        TopicImage? topic = metadata.Image.Topics.Find(asked.Name);
        if (topic is not null) return Describe(topic);
        if (!TopicName.TryValidate(asked.Name, out _)) return Failed(asked.Name, Uuid.Zero, ErrorCode.InvalidTopicException);

        // An internal topic has partitions and settings of its own, so that only its coordinator makes it.
        bool isCreated = createsTopics && mayCreate && !InternalTopics.Contains(asked.Name);
        if (!isCreated) return Failed(asked.Name, Uuid.Zero, ErrorCode.UnknownTopicOrPartition);
        return await CreateAsync(asked.Name);
    }

    private async ValueTask<MetadataResponse.MetadataResponseTopic> CreateAsync(string name)
    {
        await LeaveReceiveLoop();
        CatalogResult<TopicImage> created = await creator.CreateWithDefaultsAsync(name);
        if (created.Succeeded) return Describe(created.Value!);

        // Another connection may have created it at the same moment.
        TopicImage? topic = metadata.Image.Topics.Find(name);
        return topic is not null ? Describe(topic) : Failed(name, Uuid.Zero, created.Error);
    }

    private static MetadataResponse.MetadataResponseTopic Failed(string? name, Uuid id, ErrorCode error) =>
        new() { Name = name, TopicId = id, ErrorCode = error };

    private static MetadataResponse.MetadataResponseTopic Describe(TopicImage topic)
    {
        var answer = new MetadataResponse.MetadataResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.Id,
            IsInternal = InternalTopics.Contains(topic.Name),
        };
        foreach (PartitionImage partition in topic.Partitions)
        {
            answer.Partitions.Add(new()
            {
                ErrorCode = partition.Leader == BrokerId.None ? ErrorCode.LeaderNotAvailable : ErrorCode.None,
                PartitionIndex = partition.Partition,
                LeaderId = partition.Leader.Value,
                LeaderEpoch = partition.LeaderEpoch.Value,
                ReplicaNodes = [.. partition.Replicas.Select(static broker => broker.Value)],
                IsrNodes = [.. partition.Isr.Select(static broker => broker.Value)],
            });
        }

        return answer;
    }
}
