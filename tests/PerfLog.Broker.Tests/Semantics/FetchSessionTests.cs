using Microsoft.Extensions.Time.Testing;
using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Semantics;

/// <summary>Goal: a session answers what a full fetch would have, less what the client knows already.</summary>
public sealed class FetchSessionTests
{
    [Fact]
    public async Task A_session_is_made_on_request_and_names_only_news_afterwards()
    {
        await using TestBroker broker = await StartAsync(partitions: 3);
        using RawClient client = broker.Connect();
        FetchResponse first = client.Fetch(Full(("t", 0, 0), ("t", 1, 0), ("t", 2, 0)));
        Assert.NotEqual(0, first.SessionId);
        Assert.Equal(3, Partitions(first).Count);

        FetchResponse nothing = client.Fetch(Incremental(first.SessionId, 1));
        Assert.Equal((ErrorCode.None, first.SessionId), (nothing.ErrorCode, nothing.SessionId));
        Assert.Empty(nothing.Responses);

        client.Append("t", Batch.Of("news"), partition: 1);
        FetchResponse news = client.Fetch(Incremental(first.SessionId, 2));
        FetchResponse.PartitionData only = Assert.Single(Partitions(news));
        Assert.Equal(1, only.PartitionIndex);
        Assert.Equal(["news"], only.Values());
    }

    [Fact]
    public async Task A_partition_that_moves_on_is_read_from_its_new_offset()
    {
        await using TestBroker broker = await StartAsync(partitions: 2);
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("one"));
        client.Append("t", Batch.Of("two"));
        int session = client.Fetch(Full(("t", 0, 0), ("t", 1, 0))).SessionId;

        FetchResponse moved = client.Fetch(Incremental(session, 1, ("t", 0, 1)));

        Assert.Equal(["two"], Assert.Single(Partitions(moved)).Values());
        Assert.Empty(client.Fetch(Incremental(session, 2, ("t", 0, 2))).Responses);
    }

    [Fact]
    public async Task A_fetch_without_session_epoch_makes_none()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();

        FetchResponse answer = client.Fetch(ClientRequests.Fetch("t", 0));

        Assert.Equal(0, answer.SessionId);
    }

    [Fact]
    public async Task A_new_high_watermark_or_log_start_is_news()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("a"));
        int session = client.Fetch(Full(("t", 0, 1))).SessionId;
        Assert.Empty(client.Fetch(Incremental(session, 1)).Responses);

        var deleted = client.Call<DeleteRecordsRequest, DeleteRecordsResponse>(
            new DeleteRecordsRequest { Topics = [new() { Name = "t", Partitions = [new() { Offset = -1 }] }] }, 2);
        Assert.Equal(1, deleted.Topics[0].Partitions[0].LowWatermark);
        Assert.Equal(1, client.Fetch(Incremental(session, 2)).Only().LogStartOffset);
        Assert.Empty(client.Fetch(Incremental(session, 3)).Responses);
    }

    [Fact]
    public async Task A_waiting_incremental_fetch_is_woken_by_an_append()
    {
        await using TestBroker broker = await TestBroker.StartAsync(new FakeTimeProvider());
        broker.CreateTopic("t", 2);
        using RawClient client = broker.Connect();
        using RawClient writer = broker.Connect();
        int session = client.Fetch(Full(("t", 0, 0), ("t", 1, 0))).SessionId;
        FetchRequest waiting = Incremental(session, 1);
        waiting.MaxWaitMs = 300_000;

        int id = client.Send(waiting, ClientRequests.FetchVersion);
        Assert.False(client.HasNews(withinMs: 20));
        writer.Append("t", Batch.Of("news"), partition: 1);

        FetchResponse answer = client.Receive<FetchResponse>(ClientRequests.FetchVersion, id);
        Assert.Equal(["news"], answer.Only().Values());
    }

    [Fact]
    public async Task Forgotten_partitions_are_read_no_more_and_an_empty_session_ends()
    {
        await using TestBroker broker = await StartAsync(partitions: 2);
        using RawClient client = broker.Connect();
        int session = client.Fetch(Full(("t", 0, 0), ("t", 1, 0))).SessionId;
        client.Append("t", Batch.Of("a"), partition: 0);
        client.Append("t", Batch.Of("b"), partition: 1);
        FetchRequest forget = Incremental(session, 1);
        forget.ForgottenTopicsData = [new() { Topic = "t", Partitions = [0] }];
        Assert.Equal(["b"], client.Fetch(forget).Only().Values());

        forget = Incremental(session, 2);
        forget.ForgottenTopicsData = [new() { Topic = "t", Partitions = [1] }];
        FetchResponse last = client.Fetch(forget);

        Assert.Equal((ErrorCode.None, 0), (last.ErrorCode, last.SessionId));
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, client.Fetch(Incremental(session, 3)).ErrorCode);
    }

    [Fact]
    public async Task A_partition_can_be_added_to_a_session()
    {
        await using TestBroker broker = await StartAsync(partitions: 2);
        using RawClient client = broker.Connect();
        int session = client.Fetch(Full(("t", 0, 0))).SessionId;
        client.Append("t", Batch.Of("b"), partition: 1);

        Assert.Empty(client.Fetch(Incremental(session, 1)).Responses);
        Assert.Equal(["b"], client.Fetch(Incremental(session, 2, ("t", 1, 0))).Only().Values());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public async Task An_epoch_out_of_turn_is_refused_and_the_right_one_still_works(int wrong)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        int session = client.Fetch(Full(("t", 0, 0))).SessionId;
        Assert.Equal(ErrorCode.None, client.Fetch(Incremental(session, 1)).ErrorCode);
        int epoch = wrong == 0 ? 1 : wrong == 2 ? 3 : wrong;

        FetchResponse refused = client.Fetch(Incremental(session, epoch));

        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, refused.ErrorCode);
        Assert.Empty(refused.Responses);
        Assert.Equal(ErrorCode.None, client.Fetch(Incremental(session, 2)).ErrorCode);
    }

    [Fact]
    public async Task An_unknown_session_is_told()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.FetchSessionIdNotFound, client.Fetch(Incremental(12_345, 1)).ErrorCode);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, client.Fetch(Incremental(0, 1)).ErrorCode);
    }

    [Fact]
    public async Task Epoch_minus_one_closes_the_session_and_still_answers()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("a"));
        int session = client.Fetch(Full(("t", 0, 0))).SessionId;
        FetchRequest closing = ClientRequests.Fetch("t", 0);
        (closing.SessionId, closing.SessionEpoch) = (session, -1);

        FetchResponse answer = client.Fetch(closing);

        Assert.Equal(0, answer.SessionId);
        Assert.Equal(["a"], answer.Only().Values());
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, client.Fetch(Incremental(session, 1)).ErrorCode);
    }

    [Fact]
    public async Task Epoch_zero_with_a_session_puts_a_new_one_in_its_place()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        int session = client.Fetch(Full(("t", 0, 0))).SessionId;
        FetchRequest again = Full(("t", 0, 0));
        again.SessionId = session;

        int next = client.Fetch(again).SessionId;

        Assert.NotEqual(session, next);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, client.Fetch(Incremental(session, 1)).ErrorCode);
        Assert.Equal(ErrorCode.None, client.Fetch(Incremental(next, 1)).ErrorCode);
    }

    [Fact]
    public async Task A_full_cache_gives_no_session_until_one_has_rested_for_two_minutes()
    {
        var time = new FakeTimeProvider();
        await using TestBroker broker = await TestBroker.StartAsync(time, settings: ("max.incremental.fetch.session.cache.slots", "2"));
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        int first = client.Fetch(Full(("t", 0, 0))).SessionId;
        int second = client.Fetch(Full(("t", 0, 0))).SessionId;
        Assert.Equal(0, client.Fetch(Full(("t", 0, 0))).SessionId);

        time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(ErrorCode.None, client.Fetch(Incremental(second, 1)).ErrorCode);
        time.Advance(TimeSpan.FromSeconds(30));
        int third = client.Fetch(Full(("t", 0, 0))).SessionId;

        // The one that rested longest made room.
        Assert.NotEqual(0, third);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, client.Fetch(Incremental(first, 1)).ErrorCode);
        Assert.Equal(ErrorCode.None, client.Fetch(Incremental(second, 2)).ErrorCode);
    }

    [Fact]
    public async Task Partitions_take_turns_when_an_answer_has_room_for_one()
    {
        await using TestBroker broker = await StartAsync(partitions: 3);
        using RawClient client = broker.Connect();
        for (int partition = 0; partition < 3; partition++)
        {
            for (int round = 0; round < 4; round++) client.Append("t", Batch.OfSize(500), partition);
        }

        FetchRequest request = Full(("t", 0, 0), ("t", 1, 0), ("t", 2, 0));
        request.MaxBytes = 1;
        FetchResponse answer = client.Fetch(request);
        List<int> served = [Served(answer).PartitionIndex];
        long[] offsets = new long[3];
        for (int epoch = 1; epoch <= 8; epoch++)
        {
            int last = served[^1];
            request = Incremental(answer.SessionId, epoch, ("t", last, ++offsets[last]));
            request.MaxBytes = 1;
            served.Add(Served(client.Fetch(request)).PartitionIndex);
        }

        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2], served);
    }

    [Fact]
    public async Task A_deleted_topic_is_an_error_in_each_answer_until_it_is_forgotten()
    {
        await using TestBroker broker = await StartAsync();
        broker.CreateTopic("other");
        using RawClient client = broker.Connect();
        int session = client.Fetch(Full(("t", 0, 0), ("other", 0, 0))).SessionId;

        broker.DeleteTopic("t");

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, client.Fetch(Incremental(session, 1)).Only().ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, client.Fetch(Incremental(session, 2)).Only().ErrorCode);
        FetchRequest forget = Incremental(session, 3);
        forget.ForgottenTopicsData = [new() { Topic = "t", Partitions = [0] }];
        Assert.Empty(client.Fetch(forget).Responses);
    }

    [Fact]
    public async Task A_topic_deleted_and_created_again_is_read_anew_by_name()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("old"));
        int session = client.Fetch(Full(("t", 0, 1))).SessionId;
        broker.DeleteTopic("t");
        broker.CreateTopic("t");
        client.Append("t", Batch.Of("new"));

        Assert.Equal(["new"], client.Fetch(Incremental(session, 1, ("t", 0, 0))).Only().Values());
    }

    private static FetchResponse.PartitionData Served(FetchResponse answer) =>
        Assert.Single(Partitions(answer), static partition => partition.Records is { Length: > 0 });

    private static List<FetchResponse.PartitionData> Partitions(FetchResponse answer) =>
        [.. answer.Responses.SelectMany(static topic => topic.Partitions)];

    /// <summary>A full fetch that asks for a session.</summary>
    private static FetchRequest Full(params (string Topic, int Partition, long Offset)[] wanted)
    {
        FetchRequest request = ClientRequests.Fetch(wanted);
        request.SessionEpoch = 0;
        return request;
    }

    private static FetchRequest Incremental(int session, int epoch, params (string Topic, int Partition, long Offset)[] changed)
    {
        FetchRequest request = ClientRequests.Fetch(changed);
        (request.SessionId, request.SessionEpoch) = (session, epoch);
        return request;
    }

    private static async Task<TestBroker> StartAsync(int partitions = 1)
    {
        TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t", partitions);
        return broker;
    }
}
