using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Harness;

/// <summary>The requests that most tests send, with only what matters to a test said.</summary>
internal static class ClientRequests
{
    public const short ProduceVersion = 9;
    public const short FetchVersion = 12;

    public static ProduceRequest Produce(string topic, byte[]? records, int partition = 0, short acks = 1) => new()
    {
        Acks = acks,
        TimeoutMs = 30_000,
        TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = records }] }],
    };

    public static FetchRequest Fetch(string topic, long offset, int partition = 0) => Fetch([(topic, partition, offset)]);

    /// <summary>A fetch that does not wait, without a session.</summary>
    public static FetchRequest Fetch(params (string Topic, int Partition, long Offset)[] wanted) => new()
    {
        MaxWaitMs = 0,
        MinBytes = 1,
        MaxBytes = 50 * 1024 * 1024,
        Topics =
        [
            .. wanted.Select(static one => new FetchRequest.FetchTopic
            {
                Topic = one.Topic,
                Partitions = [new() { Partition = one.Partition, FetchOffset = one.Offset, PartitionMaxBytes = 1024 * 1024 }],
            }),
        ],
    };

    public static ProduceResponse.PartitionProduceResponse Produce(
        this RawClient client, string topic, byte[]? records, int partition = 0, short acks = 1, short version = ProduceVersion)
    {
        ProduceResponse response = client.Call<ProduceRequest, ProduceResponse>(Produce(topic, records, partition, acks), version);
        return Assert.Single(Assert.Single(response.Responses).PartitionResponses);
    }

    /// <summary>Produces what must be accepted.</summary>
    /// <returns>The base offset.</returns>
    public static long Append(this RawClient client, string topic, byte[] records, int partition = 0)
    {
        ProduceResponse.PartitionProduceResponse answer = client.Produce(topic, records, partition);
        Assert.True(answer.ErrorCode == ErrorCode.None, $"{answer.ErrorCode} {answer.ErrorMessage}");
        return answer.BaseOffset;
    }

    public static FetchResponse Fetch(this RawClient client, FetchRequest request, short version = FetchVersion) =>
        client.Call<FetchRequest, FetchResponse>(request, version);

    /// <summary>Fetches from one partition without waiting.</summary>
    public static FetchResponse.PartitionData Fetch(
        this RawClient client, string topic, long offset, int partition = 0, short version = FetchVersion) =>
        client.Fetch(Fetch(topic, offset, partition), version).Only();

    public static FetchResponse.PartitionData Only(this FetchResponse response) =>
        Assert.Single(Assert.Single(response.Responses).Partitions);

    /// <summary>The values that a partition gave, which must be no error.</summary>
    public static List<string?> Values(this FetchResponse.PartitionData partition)
    {
        Assert.Equal(ErrorCode.None, partition.ErrorCode);
        return [.. Batch.Read(partition.Records).Select(static record => record.Value)];
    }
}
