using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Metadata;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Lets topics grow to more partitions.</summary>
internal sealed class CreatePartitionsHandler(ClusterMetadata metadata, TopicCatalog catalog, ILogger logger)
    : MessageHandler<CreatePartitionsRequest, CreatePartitionsResponse>(ApiKey.CreatePartitions, 0, 3, logger)
{
    protected override async ValueTask<CreatePartitionsResponse> AnswerAsync(CreatePartitionsRequest request, RequestContext context)
    {
        await LeaveReceiveLoop();
        var response = new CreatePartitionsResponse();
        HashSet<string> repeated = [.. request.Topics.GroupBy(static topic => topic.Name).Where(static same => same.Count() > 1).Select(static same => same.Key)];
        foreach (string name in repeated) response.Results.Add(new() { Name = name, ErrorCode = ErrorCode.InvalidRequest, ErrorMessage = "The topic is named more than once." });
        foreach (var topic in request.Topics.Where(topic => !repeated.Contains(topic.Name)))
        {
            // Whose records are where depends on how many partitions there are: everything kept so far would be lost to its owners.
            CatalogResult<TopicImage> grown = InternalTopics.Contains(topic.Name)
                ? CatalogResult.Failed<TopicImage>(ErrorCode.InvalidTopicException, $"The partitions of {topic.Name} cannot be changed.")
                : await catalog.AddPartitionsAsync(topic.Name, topic.Count, Assignments(topic), request.ValidateOnly);
            response.Results.Add(new() { Name = topic.Name, ErrorCode = grown.Error, ErrorMessage = grown.Message });
        }

        return response;
    }

    /// <summary>The request lists the replicas of the new partitions only, from the first new one on.</summary>
    private ImmutableSortedDictionary<int, ImmutableArray<BrokerId>>? Assignments(CreatePartitionsRequest.CreatePartitionsTopic topic)
    {
        if (topic.Assignments is null) return null;
        int first = metadata.Image.Topics.Find(topic.Name)?.Partitions.Length ?? 0;
        return topic.Assignments
            .Select((assignment, index) => KeyValuePair.Create(first + index, assignment.BrokerIds.Select(static id => new BrokerId(id)).ToImmutableArray()))
            .ToImmutableSortedDictionary();
    }
}
