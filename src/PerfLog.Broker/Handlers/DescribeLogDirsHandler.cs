using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Partitions;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Storage;

namespace PerfLog.Broker.Handlers;

/// <summary>Lists the log directories, the logs in each and their sizes.</summary>
internal sealed class DescribeLogDirsHandler(LogDirectorySet directories, ILogger logger)
    : MessageHandler<DescribeLogDirsRequest, DescribeLogDirsResponse>(ApiKey.DescribeLogDirs, 0, 4, logger)
{
    protected override ValueTask<DescribeLogDirsResponse> AnswerAsync(DescribeLogDirsRequest request, RequestContext context)
    {
        HashSet<TopicPartition>? wanted = request.Topics is null
            ? null
            : [.. request.Topics.SelectMany(static topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition)))];
        var response = new DescribeLogDirsResponse();
        foreach (LogDirectory directory in directories.All) response.Results.Add(Describe(directory, wanted));
        foreach (string path in directories.Unopened.Keys) response.Results.Add(new() { LogDir = path, ErrorCode = ErrorCode.KafkaStorageError });
        return new(response);
    }

    private static DescribeLogDirsResponse.DescribeLogDirsResult Describe(LogDirectory directory, HashSet<TopicPartition>? wanted)
    {
        var result = new DescribeLogDirsResponse.DescribeLogDirsResult { LogDir = directory.Path };
        if (directory.IsOffline)
        {
            result.ErrorCode = ErrorCode.KafkaStorageError;
            return result;
        }

        foreach (IGrouping<string, PartitionLog> topic in directory.Logs
            .Where(log => wanted is null || wanted.Contains(log.Partition))
            .GroupBy(static log => log.Partition.Topic))
        {
            var logs = new DescribeLogDirsResponse.DescribeLogDirsTopic { Name = topic.Key };
            foreach (PartitionLog log in topic) logs.Partitions.Add(new() { PartitionIndex = log.Partition.Partition, PartitionSize = log.SizeBytes });
            result.Topics.Add(logs);
        }

        (result.TotalBytes, result.UsableBytes) = LogDirectorySet.DiskBytes(directory.Path);
        return result;
    }
}
