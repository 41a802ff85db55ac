using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.BadInput;

/// <summary>Goal: requests that ask for the impossible get the documented error, and the connection lives.</summary>
public sealed class RefusedRequestTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public async Task A_fetch_offset_outside_the_log_is_out_of_range(long offset)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("a", "b"));

        FetchResponse.PartitionData answer = client.Fetch("t", offset);

        Assert.Equal(ErrorCode.OffsetOutOfRange, answer.ErrorCode);
        Assert.True(answer.Records is null or { Length: 0 });
        Assert.Equal(["a", "b"], client.Fetch("t", 0).Values());
    }

    [Fact]
    public async Task A_fetch_with_negative_limits_gets_no_records_and_does_no_harm()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("a"));
        FetchRequest request = ClientRequests.Fetch("t", 0);
        (request.MaxBytes, request.MinBytes, request.MaxWaitMs) = (-1, -1, -1);
        request.Topics[0].Partitions[0].PartitionMaxBytes = -1;

        Assert.Equal(ErrorCode.None, client.Fetch(request).Only().ErrorCode);
        Assert.Equal(["a"], client.Fetch("t", 0).Values());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("tüte")]
    [InlineData("a\0b")]
    [InlineData("../../../tmp/x")]
    public async Task A_bad_topic_name_is_refused_by_everything_that_creates(string name)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        var created = client.Call<CreateTopicsRequest, CreateTopicsResponse>(
            new CreateTopicsRequest { Topics = [new() { Name = name, NumPartitions = 1, ReplicationFactor = 1 }] }, 7);
        var described = client.Call<MetadataRequest, MetadataResponse>(
            new MetadataRequest { Topics = [new() { Name = name }], AllowAutoTopicCreation = true }, 12);

        Assert.Equal(ErrorCode.InvalidTopicException, Assert.Single(created.Topics).ErrorCode);
        Assert.Equal(ErrorCode.InvalidTopicException, Assert.Single(described.Topics).ErrorCode);
        Assert.Empty(client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = null }, 12).Topics);
    }

    [Fact]
    public async Task A_topic_name_of_250_characters_is_refused_and_one_of_249_is_not()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        var created = client.Call<CreateTopicsRequest, CreateTopicsResponse>(
            new CreateTopicsRequest
            {
                Topics =
                [
                    new() { Name = new string('a', 250), NumPartitions = 1, ReplicationFactor = 1 },
                    new() { Name = new string('b', 249), NumPartitions = 1, ReplicationFactor = 1 },
                ],
            },
            7);

        Assert.Equal([ErrorCode.InvalidTopicException, ErrorCode.None], created.Topics.Select(static topic => topic.ErrorCode));
    }

    [Fact]
    public async Task Names_that_metrics_could_not_tell_apart_do_not_stand_side_by_side()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("a.b");
        using RawClient client = broker.Connect();

        var created = client.Call<CreateTopicsRequest, CreateTopicsResponse>(
            new CreateTopicsRequest { Topics = [new() { Name = "a_b", NumPartitions = 1, ReplicationFactor = 1 }] }, 7);

        Assert.Equal(ErrorCode.InvalidTopicException, Assert.Single(created.Topics).ErrorCode);
    }

    [Fact]
    public async Task ListOffsets_of_a_time_that_means_nothing_is_invalid()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();

        var answer = client.Call<ListOffsetsRequest, ListOffsetsResponse>(
            new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = "t", Partitions = [new() { Timestamp = -77 }] }] }, 7);

        Assert.Equal(ErrorCode.InvalidRequest, answer.Topics[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-2)]
    [InlineData(3)]
    [InlineData(long.MaxValue)]
    public async Task DeleteRecords_outside_the_log_is_out_of_range(long offset)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("a", "b"));

        var answer = client.Call<DeleteRecordsRequest, DeleteRecordsResponse>(
            new DeleteRecordsRequest { Topics = [new() { Name = "t", Partitions = [new() { Offset = offset }] }] }, 2);

        Assert.Equal(ErrorCode.OffsetOutOfRange, answer.Topics[0].Partitions[0].ErrorCode);
        Assert.Equal(-1, answer.Topics[0].Partitions[0].LowWatermark);
    }

    [Fact]
    public async Task A_request_of_many_unknown_topics_is_answered_for_each()
    {
        await using TestBroker broker = await TestBroker.StartAsync(settings: ("auto.create.topics.enable", "false"));
        using RawClient client = broker.Connect();
        var request = new MetadataRequest { Topics = [.. Enumerable.Range(0, 5_000).Select(static index => new MetadataRequest.MetadataRequestTopic { Name = $"no-{index}" })] };

        MetadataResponse answer = client.Call<MetadataRequest, MetadataResponse>(request, 12);

        Assert.Equal(5_000, answer.Topics.Count(static topic => topic.ErrorCode == ErrorCode.UnknownTopicOrPartition));
    }
}
