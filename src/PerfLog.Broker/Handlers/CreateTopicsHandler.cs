using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PerfLog.Broker.Configuration;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Topics;
using PerfLog.Metadata;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Creates topics, or with <c>validate_only</c> says whether they could be.</summary>
internal sealed class CreateTopicsHandler(TopicCreator creator, TopicConfigs configs, ILogger logger)
    : MessageHandler<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, 0, 7, logger)
{
    private const short FirstVersionWithConfigs = 5;

    protected override async ValueTask<CreateTopicsResponse> AnswerAsync(CreateTopicsRequest request, RequestContext context)
    {
        await LeaveReceiveLoop();
        var response = new CreateTopicsResponse();
        foreach (IGrouping<string, CreateTopicsRequest.CreatableTopic> same in request.Topics.GroupBy(static topic => topic.Name))
        {
            CatalogResult<TopicImage> created = same.Count() > 1
                ? Failed(ErrorCode.InvalidRequest, "The topic is named more than once.")
                : await CreateAsync(same.First(), request.ValidateOnly);
            response.Topics.Add(Answer(same.Key, created, context.Version));
        }

        return response;
    }

    private async ValueTask<CatalogResult<TopicImage>> CreateAsync(CreateTopicsRequest.CreatableTopic asked, bool validateOnly)
    {
        bool isAssigned = asked.Assignments.Count > 0;
        if (isAssigned && (asked.NumPartitions != TopicCreator.UseDefault || asked.ReplicationFactor != TopicCreator.UseDefault))
            return Failed(ErrorCode.InvalidRequest, "Give the replicas of each partition, or counts of partitions and replicas, not both.");
        if (asked.Assignments.GroupBy(static assignment => assignment.PartitionIndex).Any(static same => same.Count() > 1))
            return Failed(ErrorCode.InvalidReplicaAssignment, "A partition's replicas are given more than once.");

        var config = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in asked.Configs)
        {
            if (entry.Value is null) return Failed(ErrorCode.InvalidConfig, $"{entry.Name} has no value.");
            config[entry.Name] = entry.Value;
        }

        var topic = new NewTopic
        {
            Name = asked.Name,
            Partitions = asked.NumPartitions,
            ReplicationFactor = asked.ReplicationFactor,
            Assignments = isAssigned ? Assignments(asked) : null,
            Config = config.ToImmutable(),
        };
        return await creator.CreateAsync(topic, validateOnly);
    }

    private static ImmutableSortedDictionary<int, ImmutableArray<BrokerId>> Assignments(CreateTopicsRequest.CreatableTopic asked) =>
        asked.Assignments.ToImmutableSortedDictionary(
            static assignment => assignment.PartitionIndex,
            static assignment => assignment.BrokerIds.Select(static id => new BrokerId(id)).ToImmutableArray());

    private CreateTopicsResponse.CreatableTopicResult Answer(string name, CatalogResult<TopicImage> created, short version)
    {
        var answer = new CreateTopicsResponse.CreatableTopicResult { Name = name, ErrorCode = created.Error, ErrorMessage = created.Message };
        if (created.Value is not { } topic || version < FirstVersionWithConfigs) return answer;
        answer.TopicId = topic.Id;
        answer.NumPartitions = topic.Partitions.Length;
        answer.ReplicationFactor = (short)topic.Partitions[0].Replicas.Length;
        answer.Configs = [];
        foreach (ConfigRow row in configs.Describe(topic.Config))
        {
            answer.Configs.Add(new()
            {
                Name = row.Name,
                Value = row.Value,
                ReadOnly = row.IsReadOnly,
                ConfigSource = (sbyte)row.Source,
                IsSensitive = row.IsSensitive,
            });
        }

        return answer;
    }

    private static CatalogResult<TopicImage> Failed(ErrorCode error, string message) => CatalogResult.Failed<TopicImage>(error, message);
}
