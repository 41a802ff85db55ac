using Microsoft.Extensions.Logging;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Metadata;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Removes single offsets of a group, of topics that its members do not read.</summary>
internal sealed class OffsetDeleteHandler(GroupAdmin groups, ClusterMetadata cluster, ILogger logger)
    : MessageHandler<OffsetDeleteRequest, OffsetDeleteResponse>(ApiKey.OffsetDelete, 0, 0, logger)
{
    protected override async ValueTask<OffsetDeleteResponse> AnswerAsync(OffsetDeleteRequest request, RequestContext context)
    {
        var response = new OffsetDeleteResponse { ErrorCode = groups.TryFindForOffsets(request.GroupId, out Group? group) };
        if (response.ErrorCode != ErrorCode.None) return response;
        HashSet<TopicPartition> removed = [];
        foreach (OffsetDeleteRequest.OffsetDeleteRequestTopic topic in request.Topics)
        {
            bool isInUse = GroupAdmin.IsInUse(group!, topic.Name);
            List<OffsetDeleteResponse.OffsetDeleteResponsePartition> answered = [];
            foreach (OffsetDeleteRequest.OffsetDeleteRequestPartition asked in topic.Partitions)
            {
                ErrorCode error = Check(topic.Name, asked.PartitionIndex, isInUse);
                answered.Add(new() { PartitionIndex = asked.PartitionIndex, ErrorCode = error });
                if (error == ErrorCode.None) removed.Add(new TopicPartition(topic.Name, asked.PartitionIndex));
            }

            response.Topics.Add(new() { Name = topic.Name, Partitions = answered });
        }

        response.ErrorCode = await groups.RemoveAsync(group!, removed);
        if (response.ErrorCode != ErrorCode.None) response.Topics.Clear();
        return response;
    }

    private ErrorCode Check(string topic, int partition, bool isInUse)
    {
        if (cluster.Image.Find(topic, partition) is null) return ErrorCode.UnknownTopicOrPartition;
        return isInUse ? ErrorCode.GroupSubscribedToTopic : ErrorCode.None;
    }
}
