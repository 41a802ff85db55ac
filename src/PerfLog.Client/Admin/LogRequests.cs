using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Admin;

/// <summary>The requests about the logs of partitions. Each is asked of the broker that leads the partition.</summary>
internal sealed class LogRequests(ClusterConnections cluster, TopicRequests topics, AdminClientOptions options)
{
    private const int FetchBytesMax = 64 * 1024 * 1024;

    private int TimeoutMs => (int)options.RequestTimeout.TotalMilliseconds;

    public async Task<Offset> DeleteRecordsAsync(TopicPartition partition, Offset before, CancellationToken cancellation)
    {
        BrokerAddress leader = await LeaderOfAsync(partition, cancellation).ConfigureAwait(false);
        var request = new DeleteRecordsRequest
        {
            Topics =
            [
                new()
                {
                    Name = partition.Topic,
                    Partitions = [new() { PartitionIndex = partition.Partition, Offset = before.Value }],
                },
            ],
            TimeoutMs = TimeoutMs,
        };
        DeleteRecordsResponse response = await cluster.AskBrokerAsync<DeleteRecordsRequest, DeleteRecordsResponse>(
            leader, _ => request, cancellation).ConfigureAwait(false);
        DeleteRecordsResponse.DeleteRecordsPartitionResult result = response.Topics[0].Partitions[0];
        AdminException.ThrowIfFailed(result.ErrorCode, $"partition {partition}");
        return new Offset(result.LowWatermark);
    }

    public async Task<OffsetAnswer> FindOffsetAsync(
        TopicPartition partition, OffsetQuestion question, CancellationToken cancellation)
    {
        BrokerAddress leader = await LeaderOfAsync(partition, cancellation).ConfigureAwait(false);
        var request = new ListOffsetsRequest
        {
            ReplicaId = BrokerId.None.Value,
            Topics =
            [
                new()
                {
                    Name = partition.Topic,
                    Partitions = [new() { PartitionIndex = partition.Partition, Timestamp = question.Timestamp }],
                },
            ],
        };
        ListOffsetsResponse response = await cluster.AskBrokerAsync<ListOffsetsRequest, ListOffsetsResponse>(
            leader, _ => request, cancellation).ConfigureAwait(false);
        ListOffsetsResponse.ListOffsetsPartitionResponse result = response.Topics[0].Partitions[0];
        AdminException.ThrowIfFailed(result.ErrorCode, $"partition {partition}");
        return new OffsetAnswer(new Offset(result.Offset), new TimestampMs(result.Timestamp));
    }

    public async Task<TimestampMs> FindTimeAsync(TopicPartition partition, Offset offset, CancellationToken cancellation)
    {
        TopicDescription topic = await TopicOfAsync(partition, cancellation).ConfigureAwait(false);
        BrokerAddress leader = await LeaderOfAsync(topic, partition, cancellation).ConfigureAwait(false);
        var request = new FetchRequest
        {
            MaxBytes = FetchBytesMax,
            Topics =
            [
                new()
                {
                    Topic = partition.Topic,
                    TopicId = topic.Id,

                    // One byte brings the first batch, however large it is, and nothing more.
                    Partitions = [new() { Partition = partition.Partition, FetchOffset = offset.Value, PartitionMaxBytes = 1 }],
                },
            ],
        };
        FetchResponse response = await cluster.AskBrokerAsync<FetchRequest, FetchResponse>(leader, _ => request, cancellation)
            .ConfigureAwait(false);
        AdminException.ThrowIfFailed(response.ErrorCode, $"partition {partition}");
        if (response.Responses is not [{ Partitions: [var result, ..] }, ..]) return TimestampMs.None;
        AdminException.ThrowIfFailed(result.ErrorCode, $"partition {partition}");
        return FetchedTime.AtOrAfter(offset, result.Records);
    }

    public async Task<IReadOnlyList<LogDirDescription>> DescribeDirsAsync(BrokerId broker, CancellationToken cancellation)
    {
        BrokerAddress address = await cluster.AddressOfAsync(broker, cancellation).ConfigureAwait(false);
        DescribeLogDirsResponse response = await cluster.AskBrokerAsync<DescribeLogDirsRequest, DescribeLogDirsResponse>(
            address, static _ => new DescribeLogDirsRequest { Topics = null }, cancellation).ConfigureAwait(false);
        AdminException.ThrowIfFailed(response.ErrorCode, $"broker {broker}");
        return [.. response.Results.Select(Description)];
    }

    private static LogDirDescription Description(DescribeLogDirsResponse.DescribeLogDirsResult directory) => new(
        directory.LogDir,
        directory.ErrorCode,
        directory.TotalBytes,
        directory.UsableBytes,
        [.. directory.Topics.SelectMany(static topic => topic.Partitions.Select(partition => new LogDirPartition(
            new TopicPartition(topic.Name, partition.PartitionIndex), partition.PartitionSize, partition.OffsetLag)))]);

    private async Task<TopicDescription> TopicOfAsync(TopicPartition partition, CancellationToken cancellation) =>
        (await topics.DescribeAsync([partition.Topic], cancellation).ConfigureAwait(false))[0];

    private async Task<BrokerAddress> LeaderOfAsync(TopicPartition partition, CancellationToken cancellation)
    {
        TopicDescription topic = await TopicOfAsync(partition, cancellation).ConfigureAwait(false);
        return await LeaderOfAsync(topic, partition, cancellation).ConfigureAwait(false);
    }

    private async Task<BrokerAddress> LeaderOfAsync(TopicDescription topic, TopicPartition partition, CancellationToken cancellation)
    {
        PartitionDescription? found = topic.Partitions.FirstOrDefault(known => known.Partition == partition.Partition);
        if (found is null) throw AdminException.Refused(ErrorCode.UnknownTopicOrPartition, $"partition {partition}");
        if (found.Leader == BrokerId.None) throw AdminException.Refused(ErrorCode.LeaderNotAvailable, $"partition {partition}", "it has no leader");
        return await cluster.AddressOfAsync(found.Leader, cancellation).ConfigureAwait(false);
    }
}
