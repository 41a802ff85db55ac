using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Semantics;

/// <summary>Goal: from version 13 on topics are known by their ids alone.</summary>
public sealed class FetchTopicIdTests
{
    [Theory]
    [InlineData(13)]
    [InlineData(17)]
    public async Task A_topic_is_read_by_its_id(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Uuid id = broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("a"));

        FetchResponse answer = client.Fetch(ById(id, 0), version);

        Assert.Equal(id, answer.Responses[0].TopicId);
        Assert.Equal(["a"], answer.Only().Values());
    }

    [Fact]
    public async Task An_unknown_id_is_told_and_so_is_an_unknown_partition()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Uuid id = broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        var stranger = new Uuid(1, 2);

        Assert.Equal(ErrorCode.UnknownTopicId, client.Fetch(ById(stranger, 0), 13).Only().ErrorCode);
        Assert.Equal(stranger, client.Fetch(ById(stranger, 0), 13).Responses[0].TopicId);
        FetchRequest request = ById(id, 0);
        request.Topics[0].Partitions[0].Partition = 9;
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, client.Fetch(request, 13).Only().ErrorCode);
    }

    [Fact]
    public async Task A_deleted_topics_id_is_unknown_although_the_name_lives_again()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Uuid old = broker.CreateTopic("t");
        broker.DeleteTopic("t");
        Uuid young = broker.CreateTopic("t");
        using RawClient client = broker.Connect();

        Assert.NotEqual(old, young);
        Assert.Equal(ErrorCode.UnknownTopicId, client.Fetch(ById(old, 0), 13).Only().ErrorCode);
        Assert.Equal(ErrorCode.None, client.Fetch(ById(young, 0), 13).Only().ErrorCode);
    }

    [Fact]
    public async Task A_session_that_knows_a_deleted_topic_by_its_id_can_forget_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        Uuid id = broker.CreateTopic("t");
        Uuid other = broker.CreateTopic("other");
        using RawClient client = broker.Connect();
        FetchRequest full = ById(id, 0);
        full.Topics.Add(new() { TopicId = other, Partitions = [new() { PartitionMaxBytes = 1000 }] });
        full.SessionEpoch = 0;
        int session = client.Fetch(full, 13).SessionId;
        broker.DeleteTopic("t");

        FetchResponse.FetchableTopicResponse lost = Assert.Single(client.Fetch(Next(session, 1), 13).Responses);
        Assert.Equal((id, ErrorCode.UnknownTopicId), (lost.TopicId, lost.Partitions[0].ErrorCode));
        FetchRequest forget = Next(session, 2);
        forget.ForgottenTopicsData = [new() { TopicId = id, Partitions = [0] }];
        Assert.Empty(client.Fetch(forget, 13).Responses);
        Assert.Empty(client.Fetch(Next(session, 3), 13).Responses);
    }

    private static FetchRequest Next(int session, int epoch) =>
        new() { MinBytes = 1, MaxBytes = 1_000_000, SessionId = session, SessionEpoch = epoch };

    private static FetchRequest ById(Uuid id, long offset) => new()
    {
        MinBytes = 1,
        MaxBytes = 1_000_000,
        Topics = [new() { TopicId = id, Partitions = [new() { FetchOffset = offset, PartitionMaxBytes = 1_000_000 }] }],
    };
}
