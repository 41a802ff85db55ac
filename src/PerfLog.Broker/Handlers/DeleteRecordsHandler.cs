using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Partitions;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Replication;
using PerfLog.Storage;

namespace PerfLog.Broker.Handlers;

/// <summary>Moves the log start offsets of partitions forward.</summary>
internal sealed class DeleteRecordsHandler(PartitionTable partitions, ILogger logger)
    : MessageHandler<DeleteRecordsRequest, DeleteRecordsResponse>(ApiKey.DeleteRecords, 0, 2, logger)
{
    private const long HighWatermark = -1;

    protected override ValueTask<DeleteRecordsResponse> AnswerAsync(DeleteRecordsRequest request, RequestContext context)
    {
        var response = new DeleteRecordsResponse();
        foreach (var topic in request.Topics)
        {
            var answers = new DeleteRecordsResponse.DeleteRecordsTopicResult { Name = topic.Name };
            foreach (var asked in topic.Partitions)
            {
                DeleteRecordsResult result = Delete(topic.Name, asked);
                answers.Partitions.Add(new()
                {
                    PartitionIndex = asked.PartitionIndex,
                    ErrorCode = result.Error,
                    LowWatermark = result.LogStartOffset.Value,
                });
            }

            response.Topics.Add(answers);
        }

        return new(response);
    }

    private DeleteRecordsResult Delete(string topicName, DeleteRecordsRequest.DeleteRecordsPartition asked)
    {
        HostedTopic? topic = partitions.Find(topicName);
        Partition? partition = topic?.Find(asked.PartitionIndex);
        if (topic is null || partition is null) return Failed(ErrorCode.UnknownTopicOrPartition);
        if ((topic.Settings.Log.CleanupPolicy & CleanupPolicies.Delete) == 0) return Failed(ErrorCode.PolicyViolation);
        Offset highWatermark = partition.HighWatermark;
        Offset until = asked.Offset == HighWatermark ? highWatermark : new Offset(asked.Offset);
        if (until < Offset.Zero || until > highWatermark) return Failed(ErrorCode.OffsetOutOfRange);
        return partition.Log.DeleteRecordsBefore(until);
    }

    private static DeleteRecordsResult Failed(ErrorCode error) => new(error, Offset.None);
}
