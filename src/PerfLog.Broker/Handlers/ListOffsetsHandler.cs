using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Partitions;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Replication;
using PerfLog.Storage;

namespace PerfLog.Broker.Handlers;

/// <summary>Finds offsets by position or by time.</summary>
internal sealed class ListOffsetsHandler(PartitionTable partitions, ILogger logger)
    : MessageHandler<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 0, 9, logger)
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;
    private const sbyte ReadCommitted = 1;

    /// <summary>What a partition answers: an error, or an offset which may be "none".</summary>
    private readonly record struct Found(ErrorCode Error, Offset Offset, TimestampMs Timestamp, LeaderEpoch Epoch)
    {
        public static readonly Found Nothing = new(ErrorCode.None, Offset.None, TimestampMs.None, LeaderEpoch.None);

        public static Found Failed(ErrorCode error) => Nothing with { Error = error };
    }

    protected override ValueTask<ListOffsetsResponse> AnswerAsync(ListOffsetsRequest request, RequestContext context)
    {
        var response = new ListOffsetsResponse();
        foreach (var topic in request.Topics)
        {
            var answers = new ListOffsetsResponse.ListOffsetsTopicResponse { Name = topic.Name };
            foreach (var asked in topic.Partitions)
            {
                Found found = Find(topic.Name, asked, request.IsolationLevel);
                answers.Partitions.Add(context.Version == 0 ? AnswerOldStyle(asked, found) : Answer(asked, found, context.Version));
            }

            response.Topics.Add(answers);
        }

        return new(response);
    }

    // A log that cannot be read is its own partition's error, not the request's.
    private Found Find(string topic, ListOffsetsRequest.ListOffsetsPartition asked, sbyte isolation)
    {
        try
        {
            return FindReadable(topic, asked, isolation);
        }
        catch (IOException failure)
        {
            return Found.Failed(failure is CorruptLogException ? ErrorCode.CorruptMessage : ErrorCode.KafkaStorageError);
        }
    }

    private Found FindReadable(string topic, ListOffsetsRequest.ListOffsetsPartition asked, sbyte isolation)
    {
        ErrorCode error = partitions.TryFind(topic, asked.PartitionIndex, out Partition? partition);
        if (partition is null) return Found.Failed(error);
        error = partition.CheckEpoch(new LeaderEpoch(asked.CurrentLeaderEpoch));
        if (error != ErrorCode.None) return Found.Failed(error);
        PartitionLog log = partition.Log;
        LeaderEpoch epoch = partition.Leadership.Epoch;
        Offset end = isolation == ReadCommitted ? log.LastStableOffset : log.HighWatermark;
        return asked.Timestamp switch
        {
            Latest => new Found(ErrorCode.None, end, TimestampMs.None, epoch),
            Earliest or EarliestLocal => new Found(ErrorCode.None, log.LogStartOffset, TimestampMs.None, LeaderEpoch.None),

            // No part of a log is kept elsewhere, so none ends there.
            LatestTiered => Found.Nothing,
            MaxTimestamp => Below(end, log.FindMaxTimestamp()),
            < 0 => Found.Failed(ErrorCode.InvalidRequest),
            _ => Below(end, log.FindByTimestamp(new TimestampMs(asked.Timestamp))),
        };
    }

    /// <summary>What is not yet committed is not yet there.</summary>
    private static Found Below(Offset end, OffsetAtTime? found) =>
        found is { } record && record.Offset < end
            ? new Found(ErrorCode.None, record.Offset, record.Timestamp, record.Epoch)
            : Found.Nothing;

    private static ListOffsetsResponse.ListOffsetsPartitionResponse Answer(
        ListOffsetsRequest.ListOffsetsPartition asked, Found found, short version)
    {
        var answer = new ListOffsetsResponse.ListOffsetsPartitionResponse
        {
            PartitionIndex = asked.PartitionIndex,
            ErrorCode = found.Error,
            Offset = found.Offset.Value,
            Timestamp = found.Timestamp.Value,
        };
        if (version >= 4) answer.LeaderEpoch = found.Epoch.Value;
        return answer;
    }

    /// <summary>Version 0 answers with a list of offsets, newest first, of which at most one is known here.</summary>
    private static ListOffsetsResponse.ListOffsetsPartitionResponse AnswerOldStyle(
        ListOffsetsRequest.ListOffsetsPartition asked, Found found)
    {
        var answer = new ListOffsetsResponse.ListOffsetsPartitionResponse
        {
            PartitionIndex = asked.PartitionIndex,
            ErrorCode = found.Error,
        };
        if (found.Offset != Offset.None && asked.MaxNumOffsets > 0) answer.OldStyleOffsets.Add(found.Offset.Value);
        return answer;
    }
}
