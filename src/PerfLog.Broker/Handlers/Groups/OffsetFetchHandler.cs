using Microsoft.Extensions.Logging;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using Answered = PerfLog.Protocol.Messages.OffsetFetchResponse.OffsetFetchResponsePartitions;
using Asked = PerfLog.Protocol.Messages.OffsetFetchRequest.OffsetFetchRequestGroup;

namespace PerfLog.Broker.Handlers;

/// <summary>Says where groups stand.</summary>
internal sealed class OffsetFetchHandler(OffsetQuery offsets, ILogger logger)
    : MessageHandler<OffsetFetchRequest, OffsetFetchResponse>(ApiKey.OffsetFetch, 0, 9, logger)
{
    private const short FirstWithError = 2;
    private const short FirstWithGroups = 8;

    protected override ValueTask<OffsetFetchResponse> AnswerAsync(OffsetFetchRequest request, RequestContext context)
    {
        var response = new OffsetFetchResponse();
        if (context.Version >= FirstWithGroups)
        {
            foreach (Asked group in request.Groups) response.Groups.Add(offsets.Find(group));
            return new(response);
        }

        OffsetFetchResponse.OffsetFetchResponseGroup found = offsets.Find(Single(request));
        response.ErrorCode = found.ErrorCode;
        foreach (OffsetFetchResponse.OffsetFetchResponseTopics topic in found.Topics)
            response.Topics.Add(new() { Name = topic.Name, Partitions = [.. topic.Partitions.Select(Plain)] });

        // The first versions say at each partition what is wrong with the group.
        if (context.Version < FirstWithError && found.ErrorCode != ErrorCode.None)
            response.Topics = [.. request.Topics!.Select(topic => Failed(topic, found.ErrorCode))];
        return new(response);
    }

    private static Asked Single(OffsetFetchRequest request) => new()
    {
        GroupId = request.GroupId,
        Topics = request.Topics?.ConvertAll(static topic => new OffsetFetchRequest.OffsetFetchRequestTopics
        {
            Name = topic.Name,
            PartitionIndexes = topic.PartitionIndexes,
        }),
    };

    private static OffsetFetchResponse.OffsetFetchResponseTopic Failed(OffsetFetchRequest.OffsetFetchRequestTopic topic, ErrorCode error) => new()
    {
        Name = topic.Name,
        Partitions = [.. topic.PartitionIndexes.Select(index => Plain(OffsetQuery.Failed(index, error)))],
    };

    private static OffsetFetchResponse.OffsetFetchResponsePartition Plain(Answered partition) => new()
    {
        PartitionIndex = partition.PartitionIndex,
        CommittedOffset = partition.CommittedOffset,
        CommittedLeaderEpoch = partition.CommittedLeaderEpoch,
        Metadata = partition.Metadata,
        ErrorCode = partition.ErrorCode,
    };
}
