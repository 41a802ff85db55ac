using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Metadata;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Deletes topics by name or by id.</summary>
internal sealed class DeleteTopicsHandler(ClusterMetadata metadata, TopicCatalog catalog, bool isEnabled, ILogger logger)
    : MessageHandler<DeleteTopicsRequest, DeleteTopicsResponse>(ApiKey.DeleteTopics, 0, 6, logger)
{
    private const short FirstVersionWithIds = 6;

    protected override async ValueTask<DeleteTopicsResponse> AnswerAsync(DeleteTopicsRequest request, RequestContext context)
    {
        await LeaveReceiveLoop();
        var response = new DeleteTopicsResponse();
        if (context.Version < FirstVersionWithIds)
        {
            foreach (string name in request.TopicNames) response.Responses.Add(await DeleteAsync(name, Uuid.Zero));
            return response;
        }

        foreach (var topic in request.Topics) response.Responses.Add(await DeleteAsync(topic.Name, topic.TopicId));
        return response;
    }

    private async ValueTask<DeleteTopicsResponse.DeletableTopicResult> DeleteAsync(string? name, Uuid id)
    {
        if (name is not null && id != Uuid.Zero) return Answer(name, id, ErrorCode.InvalidRequest, "Name a topic or its id, not both.");
        if (!isEnabled) return Answer(name, id, ErrorCode.TopicDeletionDisabled, "delete.topic.enable is false on this broker.");
        TopicImage? topic = name is null ? metadata.Image.Topics.Find(id) : metadata.Image.Topics.Find(name);
        if (topic is null)
        {
            return name is null
                ? Answer(null, id, ErrorCode.UnknownTopicId, $"There is no topic with the id {id}.")
                : Answer(name, id, ErrorCode.UnknownTopicOrPartition, $"There is no topic \"{name}\".");
        }

        CatalogResult<TopicImage> deleted = await catalog.DeleteTopicAsync(topic.Name);
        return Answer(topic.Name, topic.Id, deleted.Error, deleted.Message);
    }

    private static DeleteTopicsResponse.DeletableTopicResult Answer(string? name, Uuid id, ErrorCode error, string? message) =>
        new() { Name = name, TopicId = id, ErrorCode = error, ErrorMessage = message };
}
