using Microsoft.Extensions.Time.Testing;
using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Semantics;

/// <summary>Goal: a fetch waits for as much as it asks for, no longer than it says, and never misses its wake-up.</summary>
public sealed class FetchWaitingTests
{
    private const int LongWaitMs = 300_000;
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task With_nothing_to_read_it_waits_for_its_time_and_answers_empty()
    {
        await using TestBroker broker = await TestBroker.StartAsync(_time);
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        int id = client.Send(Waiting("t", 0, waitMs: 5_000), ClientRequests.FetchVersion);

        TimeSpan waited = _time.AdvanceUntilNews(client, TimeSpan.FromMilliseconds(100));

        FetchResponse.PartitionData answer = client.Receive<FetchResponse>(ClientRequests.FetchVersion, id).Only();
        Assert.True(waited >= TimeSpan.FromSeconds(5), $"It waited for {waited} only.");
        Assert.Equal((ErrorCode.None, 0L), (answer.ErrorCode, answer.HighWatermark));
        Assert.Empty(answer.Values());
    }

    [Fact]
    public async Task An_append_wakes_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync(_time);
        broker.CreateTopic("t");
        using RawClient reader = broker.Connect();
        using RawClient writer = broker.Connect();
        for (int round = 0; round < 20; round++)
        {
            int id = reader.Send(Waiting("t", round, LongWaitMs), ClientRequests.FetchVersion);
            if (round % 2 == 0) Assert.False(reader.HasNews(withinMs: 10));
            writer.Append("t", Batch.Of($"v{round}"));
            Assert.Equal([$"v{round}"], reader.Receive<FetchResponse>(ClientRequests.FetchVersion, id).Only().Values());
        }
    }

    [Fact]
    public async Task It_waits_until_there_are_min_bytes()
    {
        await using TestBroker broker = await TestBroker.StartAsync(_time);
        broker.CreateTopic("t");
        using RawClient reader = broker.Connect();
        using RawClient writer = broker.Connect();
        FetchRequest request = Waiting("t", 0, LongWaitMs);
        request.MinBytes = 2 * Batch.Of("one").Length + 1;

        int id = reader.Send(request, ClientRequests.FetchVersion);
        writer.Append("t", Batch.Of("one"));
        writer.Append("t", Batch.Of("two"));
        Assert.False(reader.HasNews(withinMs: 30));
        writer.Append("t", Batch.Of("six"));

        Assert.Equal(["one", "two", "six"], reader.Receive<FetchResponse>(ClientRequests.FetchVersion, id).Only().Values());
    }

    [Fact]
    public async Task Min_bytes_count_over_all_partitions()
    {
        await using TestBroker broker = await TestBroker.StartAsync(_time);
        broker.CreateTopic("t", partitions: 2);
        using RawClient reader = broker.Connect();
        using RawClient writer = broker.Connect();
        FetchRequest request = ClientRequests.Fetch(("t", 0, 0), ("t", 1, 0));
        (request.MaxWaitMs, request.MinBytes) = (LongWaitMs, 2 * Batch.Of("one").Length);

        int id = reader.Send(request, ClientRequests.FetchVersion);
        writer.Append("t", Batch.Of("one"), partition: 0);
        Assert.False(reader.HasNews(withinMs: 30));
        writer.Append("t", Batch.Of("two"), partition: 1);

        FetchResponse answer = reader.Receive<FetchResponse>(ClientRequests.FetchVersion, id);
        Assert.Equal(["one", "two"], answer.Responses.SelectMany(static topic => topic.Partitions).SelectMany(static partition => partition.Values()));
    }

    [Fact]
    public async Task What_there_is_when_the_time_is_over_is_given()
    {
        await using TestBroker broker = await TestBroker.StartAsync(_time);
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("little"));
        FetchRequest request = Waiting("t", 0, 5_000);
        request.MinBytes = 1_000_000;

        int id = client.Send(request, ClientRequests.FetchVersion);
        _time.AdvanceUntilNews(client, TimeSpan.FromMilliseconds(100));

        Assert.Equal(["little"], client.Receive<FetchResponse>(ClientRequests.FetchVersion, id).Only().Values());
    }

    [Fact]
    public async Task At_the_end_of_a_segment_it_does_not_wait_for_bytes_that_the_next_one_has()
    {
        await using TestBroker broker = await TestBroker.StartAsync(_time);
        broker.CreateTopic("t", configs: ("segment.bytes", "2000"));
        using RawClient client = broker.Connect();
        for (int batch = 0; batch < 3; batch++) client.Append("t", Batch.OfSize(1_500));
        FetchRequest request = Waiting("t", 0, LongWaitMs);
        request.MinBytes = 1_000_000;

        Assert.Single(client.Fetch(request).Only().Values());

        // Only the last segment's end is worth waiting at.
        request.Topics[0].Partitions[0].FetchOffset = 2;
        int id = client.Send(request, ClientRequests.FetchVersion);
        Assert.False(client.HasNews(withinMs: 30));
        _time.AdvanceUntilNews(client, TimeSpan.FromSeconds(10));
        Assert.Single(client.Receive<FetchResponse>(ClientRequests.FetchVersion, id).Only().Values());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(LongWaitMs, 0)]
    public async Task Without_time_or_min_bytes_it_is_answered_at_once(int waitMs, int minBytes)
    {
        await using TestBroker broker = await TestBroker.StartAsync(_time);
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        FetchRequest request = Waiting("t", 0, waitMs);
        request.MinBytes = minBytes;

        Assert.Empty(client.Fetch(request).Only().Values());
    }

    [Fact]
    public async Task An_error_of_one_partition_ends_the_wait_for_all()
    {
        await using TestBroker broker = await TestBroker.StartAsync(_time);
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        FetchRequest request = ClientRequests.Fetch(("t", 0, 0), ("nowhere", 0, 0));
        request.MaxWaitMs = LongWaitMs;

        FetchResponse answer = client.Fetch(request);

        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownTopicOrPartition],
            answer.Responses.Select(static topic => topic.Partitions[0].ErrorCode));
    }

    [Fact]
    public async Task A_topic_that_is_deleted_ends_the_wait()
    {
        await using TestBroker broker = await TestBroker.StartAsync(_time);
        for (int round = 0; round < 10; round++)
        {
            broker.CreateTopic("t");
            using RawClient client = broker.Connect();
            int id = client.Send(Waiting("t", 0, LongWaitMs), ClientRequests.FetchVersion);
            Assert.False(client.HasNews(withinMs: 10));

            broker.DeleteTopic("t");

            FetchResponse answer = client.Receive<FetchResponse>(ClientRequests.FetchVersion, id);
            Assert.Equal(ErrorCode.UnknownTopicOrPartition, answer.Only().ErrorCode);
        }
    }

    [Fact]
    public async Task A_client_that_leaves_while_it_waits_leaves_nothing_behind()
    {
        await using TestBroker broker = await TestBroker.StartAsync(_time);
        broker.CreateTopic("t");
        for (int round = 0; round < 20; round++)
        {
            using RawClient leaving = broker.Connect();
            leaving.Send(Waiting("t", 0, LongWaitMs), ClientRequests.FetchVersion);
            if (round % 2 == 0) Assert.False(leaving.HasNews(withinMs: 5));
        }

        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("a"));
        Assert.Equal(["a"], client.Fetch("t", 0).Values());
        Assert.Empty(broker.Log.Warnings);
    }

    [Fact]
    public async Task Many_wait_and_each_is_woken()
    {
        await using TestBroker broker = await TestBroker.StartAsync(_time);
        broker.CreateTopic("t");
        RawClient[] readers = [.. Enumerable.Range(0, 30).Select(_ => broker.Connect())];
        int[] ids = [.. readers.Select(reader => reader.Send(Waiting("t", 0, LongWaitMs), ClientRequests.FetchVersion))];
        using RawClient writer = broker.Connect();

        writer.Append("t", Batch.Of("a"));

        for (int index = 0; index < readers.Length; index++)
        {
            using RawClient reader = readers[index];
            Assert.Equal(["a"], reader.Receive<FetchResponse>(ClientRequests.FetchVersion, ids[index]).Only().Values());
        }
    }

    private static FetchRequest Waiting(string topic, long offset, int waitMs)
    {
        FetchRequest request = ClientRequests.Fetch(topic, offset);
        request.MaxWaitMs = waitMs;
        return request;
    }
}
