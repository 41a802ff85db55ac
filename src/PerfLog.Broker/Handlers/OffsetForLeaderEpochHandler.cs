using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Partitions;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Replication;
using PerfLog.Storage;

namespace PerfLog.Broker.Handlers;

/// <summary>Tells where an epoch's records end, so that a client can see whether its position was cut off.</summary>
internal sealed class OffsetForLeaderEpochHandler(PartitionTable partitions, ILogger logger)
    : MessageHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(ApiKey.OffsetForLeaderEpoch, 0, 4, logger)
{
    protected override ValueTask<OffsetForLeaderEpochResponse> AnswerAsync(
        OffsetForLeaderEpochRequest request, RequestContext context)
    {
        var response = new OffsetForLeaderEpochResponse();
        foreach (var topic in request.Topics)
        {
            var answers = new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult { Topic = topic.Topic };
            foreach (var asked in topic.Partitions)
            {
                EpochEndOffset end = Find(
                    topic.Topic, asked.Partition, new LeaderEpoch(asked.CurrentLeaderEpoch), new LeaderEpoch(asked.LeaderEpoch), out ErrorCode error);
                answers.Partitions.Add(new()
                {
                    Partition = asked.Partition,
                    ErrorCode = error,
                    LeaderEpoch = context.Version >= 1 ? end.Epoch.Value : LeaderEpoch.None.Value,
                    EndOffset = end.EndOffset.Value,
                });
            }

            response.Topics.Add(answers);
        }

        return new(response);
    }

    private EpochEndOffset Find(
        string topic, int index, LeaderEpoch current, LeaderEpoch wanted, out ErrorCode error)
    {
        error = partitions.TryFind(topic, index, out Partition? partition);
        if (partition is null) return EpochEndOffset.Unknown;
        error = partition.CheckEpoch(current);
        return error == ErrorCode.None ? partition.Log.EndOffsetFor(wanted) : EpochEndOffset.Unknown;
    }
}
