using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Metadata;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Describes topics page by page: so many partitions an answer, and a cursor to go on from.</summary>
internal sealed class DescribeTopicPartitionsHandler(ClusterMetadata metadata, ILogger logger)
    : MessageHandler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(ApiKey.DescribeTopicPartitions, 0, 0, logger)
{
    private const int PartitionsMax = 2_000;

    protected override ValueTask<DescribeTopicPartitionsResponse> AnswerAsync(
        DescribeTopicPartitionsRequest request, RequestContext context)
    {
        ClusterImage image = metadata.Image;
        var response = new DescribeTopicPartitionsResponse();
        int left = Math.Clamp(request.ResponsePartitionLimit, 1, PartitionsMax);
        foreach (string name in Names(request, image))
        {
            int first = name == request.Cursor?.TopicName ? Math.Max(0, request.Cursor.PartitionIndex) : 0;
            if (left == 0)
            {
                response.NextCursor = new() { TopicName = name, PartitionIndex = first };
                break;
            }

            TopicImage? topic = image.Topics.Find(name);
            response.Topics.Add(Describe(name, topic, first, ref left));
            if (topic is null || left > 0) continue;
            int next = first + response.Topics[^1].Partitions.Count;
            if (next >= topic.Partitions.Length) continue;
            response.NextCursor = new() { TopicName = name, PartitionIndex = next };
            break;
        }

        return new(response);
    }

    /// <summary>In order of name, so that a cursor has a meaning; from the cursor's topic on.</summary>
    private static IEnumerable<string> Names(DescribeTopicPartitionsRequest request, ClusterImage image)
    {
        IEnumerable<string> names = request.Topics.Count > 0
            ? request.Topics.Select(static topic => topic.Name).Distinct()
            : image.Topics.Select(static topic => topic.Name);
        IEnumerable<string> sorted = names.Order(StringComparer.Ordinal);
        string? from = request.Cursor?.TopicName;
        return from is null ? sorted : sorted.SkipWhile(name => string.CompareOrdinal(name, from) < 0);
    }

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic Describe(
        string name, TopicImage? topic, int first, ref int left)
    {
        var answer = new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic { Name = name };
        if (topic is null)
        {
            answer.ErrorCode = TopicName.TryValidate(name, out _) ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException;
            return answer;
        }

        answer.TopicId = topic.Id;
        answer.IsInternal = InternalTopics.Contains(name);
        foreach (PartitionImage partition in topic.Partitions.Skip(first).Take(left))
        {
            left--;
            answer.Partitions.Add(new()
            {
                ErrorCode = partition.Leader == BrokerId.None ? ErrorCode.LeaderNotAvailable : ErrorCode.None,
                PartitionIndex = partition.Partition,
                LeaderId = partition.Leader.Value,
                LeaderEpoch = partition.LeaderEpoch.Value,
                ReplicaNodes = [.. partition.Replicas.Select(static broker => broker.Value)],
                IsrNodes = [.. partition.Isr.Select(static broker => broker.Value)],
                EligibleLeaderReplicas = [],
                LastKnownElr = [],
            });
        }

        return answer;
    }
}
