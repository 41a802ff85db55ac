using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Admin;

/// <summary>The requests about the logs of partitions, which their leaders answer, and about brokers' log directories.</summary>
internal sealed class LogRequests(ItemCalls calls)
{
    private const int FetchBytesMax = 64 * 1024 * 1024;
    private const short HighestFetchWithNames = 12;

    private readonly LeaderRouting _leaders = new(calls.Cluster);

    public Task<AdminResults<TopicPartition, Offset>> DeleteRecordsAsync(
        IReadOnlyDictionary<TopicPartition, Offset> before, AdminCallOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(
            new ItemCall<TopicPartition, Offset>(_leaders, Subject, async (leader, partitions, token) =>
            {
                DeleteRecordsRequest request = Deletion(partitions, before, leader.TimeoutMs);
                DeleteRecordsResponse response =
                    await leader.SendAsync<DeleteRecordsRequest, DeleteRecordsResponse>(_ => request, token).ConfigureAwait(false);
                return response.Topics.SelectMany(static topic => topic.Partitions.Select(partition => new ItemAnswer<TopicPartition, Offset>(
                    new TopicPartition(topic.Name, partition.PartitionIndex), new Offset(partition.LowWatermark), partition.ErrorCode)));
            }),
            before.Keys, options, cancellation);

    public Task<AdminResults<TopicPartition, FoundOffset>> ListOffsetsAsync(
        IReadOnlyDictionary<TopicPartition, OffsetSpec> specs, ListOffsetsOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(
            new ItemCall<TopicPartition, FoundOffset>(_leaders, Subject, async (leader, partitions, token) =>
            {
                IEnumerable<OffsetAnswer> answers = await OffsetQuestion.AskAsync(
                    leader.Link,
                    [.. partitions.Select(partition => KeyValuePair.Create(partition, specs[partition]))],
                    calls.Cluster.Current,
                    options?.IsolationLevel ?? IsolationLevel.ReadUncommitted,
                    leader.TimeoutMs,
                    token).ConfigureAwait(false);
                return answers.Select(static answer => new ItemAnswer<TopicPartition, FoundOffset>(answer.Partition, answer.Found, answer.Error));
            })
            {
                Meaning = static error => error == ErrorCode.UnsupportedVersion ? "the broker is too old to tell this offset" : null,
            },
            specs.Keys, options, cancellation);

    /// <summary>
    /// Finds the times of records. A request of its own for each partition brings the batch with the record, however large it is, and nothing
    /// more: of several partitions in one request only the first is sure to bring anything. They are under way together.
    /// </summary>
    public Task<AdminResults<TopicPartition, TimestampMs>> FindTimesAsync(
        IReadOnlyDictionary<TopicPartition, Offset> offsets, AdminCallOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(
            new ItemCall<TopicPartition, TimestampMs>(
                _leaders, Subject, async (leader, partitions, token) => await Task.WhenAll(
                    partitions.Select(partition => FindTimeAsync(leader, partition, offsets[partition], token))).ConfigureAwait(false)),
            offsets.Keys, options, cancellation);

    public Task<AdminResults<BrokerId, IReadOnlyList<LogDirDescription>>> DescribeDirsAsync(
        IEnumerable<BrokerId> brokers, AdminCallOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(
            new ItemCall<BrokerId, IReadOnlyList<LogDirDescription>>(
                new OwnBroker<BrokerId>(calls.Cluster, static broker => broker), static broker => $"broker {broker}", static async (broker, _, token) =>
                {
                    DescribeLogDirsResponse response = await broker.SendAsync<DescribeLogDirsRequest, DescribeLogDirsResponse>(
                        static _ => new DescribeLogDirsRequest { Topics = null }, token).ConfigureAwait(false);
                    return [new(broker.Id, [.. response.Results.Select(Description)], response.ErrorCode)];
                }),
            brokers, options, cancellation);

    private static string Subject(TopicPartition partition) => $"partition {partition}";

    private static DeleteRecordsRequest Deletion(
        IEnumerable<TopicPartition> partitions, IReadOnlyDictionary<TopicPartition, Offset> before, int timeoutMs) => new()
    {
        Topics = [.. partitions.GroupBy(static partition => partition.Topic).Select(topic => new DeleteRecordsRequest.DeleteRecordsTopic
        {
            Name = topic.Key,
            Partitions = [.. topic.Select(partition => new DeleteRecordsRequest.DeleteRecordsPartition
            {
                PartitionIndex = partition.Partition, Offset = before[partition].Value,
            })],
        })],
        TimeoutMs = timeoutMs,
    };

    private static async Task<ItemAnswer<TopicPartition, TimestampMs>> FindTimeAsync(
        AskedBroker leader, TopicPartition partition, Offset offset, CancellationToken cancellation)
    {
        FetchRequest request = new()
        {
            MaxBytes = FetchBytesMax,
            Topics = [new() { Topic = partition.Topic, Partitions = [new() { Partition = partition.Partition, FetchOffset = offset.Value, PartitionMaxBytes = 1 }] }],
        };
        FetchResponse response =
            await leader.SendAsync<FetchRequest, FetchResponse>(_ => request, cancellation, HighestFetchWithNames).ConfigureAwait(false);
        if (response.ErrorCode != ErrorCode.None) return new(partition, TimestampMs.None, response.ErrorCode);
        if (response.Responses is not [{ Partitions: [var told, ..] }, ..]) return new(partition, TimestampMs.None, ErrorCode.None);
        TimestampMs time = told.ErrorCode == ErrorCode.None ? FetchedTime.AtOrAfter(offset, told.Records) : TimestampMs.None;
        return new(partition, time, told.ErrorCode);
    }

    private static LogDirDescription Description(DescribeLogDirsResponse.DescribeLogDirsResult directory) => new(
        directory.LogDir,
        directory.ErrorCode,
        directory.TotalBytes,
        directory.UsableBytes,
        [.. directory.Topics.SelectMany(static topic => topic.Partitions.Select(partition => new LogDirPartition(
            new TopicPartition(topic.Name, partition.PartitionIndex), partition.PartitionSize, partition.OffsetLag)))]);
}
