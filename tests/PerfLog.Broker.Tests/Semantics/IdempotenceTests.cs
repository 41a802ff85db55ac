using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Semantics;

/// <summary>Goal: what an idempotent producer sends again is stored once, and what comes out of turn is refused.</summary>
public sealed class IdempotenceTests
{
    private const long Producer = 41;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Every_producer_gets_an_id_of_its_own(short version)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient one = broker.Connect();
        using RawClient two = broker.Connect();

        List<long> ids = [.. Enumerable.Range(0, 50).SelectMany(_ => (long[])[Init(one, version), Init(two, version)])];

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, static id => Assert.True(id >= 0));
    }

    [Theory]
    [InlineData("", ErrorCode.InvalidRequest)]
    [InlineData("tx", ErrorCode.CoordinatorNotAvailable)]
    public async Task A_transactional_id_finds_no_coordinator(string transactionalId, ErrorCode error)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        var answer = client.Call<InitProducerIdRequest, InitProducerIdResponse>(
            new InitProducerIdRequest { TransactionalId = transactionalId, TransactionTimeoutMs = 1_000 }, 4);

        Assert.Equal((error, -1L, (short)-1), (answer.ErrorCode, answer.ProducerId, answer.ProducerEpoch));
    }

    [Fact]
    public async Task The_last_five_batches_sent_again_get_their_first_answer()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        byte[][] batches = [.. Enumerable.Range(0, 5).Select(static round => Batch.Idempotent(Producer, 0, round * 2, $"a{round}", $"b{round}"))];
        for (int round = 0; round < 5; round++) Assert.Equal(round * 2, client.Append("t", batches[round]));

        for (int round = 0; round < 5; round++) Assert.Equal(round * 2, client.Append("t", batches[round]));

        Assert.Equal(10, client.Fetch("t", 0).HighWatermark);
    }

    [Fact]
    public async Task A_repeat_of_a_batch_that_is_not_stored_yet_in_the_same_request_is_stored_once()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        byte[] first = RawClient.Frame(ClientRequests.Produce("t", Batch.Idempotent(Producer, 0, 0, "a")), 9, 1);
        byte[] again = RawClient.Frame(ClientRequests.Produce("t", Batch.Idempotent(Producer, 0, 0, "a")), 9, 2);

        client.SendBytes([.. first, .. again]);

        Assert.Equal(0, client.Receive<ProduceResponse>(9, 1).Responses[0].PartitionResponses[0].BaseOffset);
        Assert.Equal(0, client.Receive<ProduceResponse>(9, 2).Responses[0].PartitionResponses[0].BaseOffset);
        Assert.Equal(["a"], client.Fetch("t", 0).Values());
    }

    [Theory]
    [InlineData(0, 5, ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(0, 3, ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(1, 2, ErrorCode.OutOfOrderSequenceNumber)]
    public async Task A_sequence_out_of_turn_is_refused(short epoch, int sequence, ErrorCode error)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Idempotent(Producer, 0, 0, "a", "b"));

        ProduceResponse.PartitionProduceResponse answer = client.Produce("t", Batch.Idempotent(Producer, epoch, sequence, "c"));

        Assert.Equal((error, -1L), (answer.ErrorCode, answer.BaseOffset));
        Assert.Equal(2, client.Append("t", Batch.Idempotent(Producer, 0, 2, "in turn")));
    }

    [Fact]
    public async Task A_new_epoch_begins_at_0_and_fences_the_old_one()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Idempotent(Producer, 3, 0, "old"));

        Assert.Equal(1, client.Append("t", Batch.Idempotent(Producer, 4, 0, "new")));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, client.Produce("t", Batch.Idempotent(Producer, 3, 1, "fenced")).ErrorCode);
    }

    [Fact]
    public async Task Sequences_go_on_at_0_after_the_largest()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Idempotent(Producer, 0, int.MaxValue - 1, "a", "b"));

        Assert.Equal(2, client.Append("t", Batch.Idempotent(Producer, 0, 0, "c")));
        Assert.Equal(2, client.Append("t", Batch.Idempotent(Producer, 0, 0, "c")));
    }

    [Fact]
    public async Task Producers_and_partitions_do_not_mix()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();

        Assert.Equal(0, client.Append("t", Batch.Idempotent(1, 0, 0, "a")));
        Assert.Equal(1, client.Append("t", Batch.Idempotent(2, 0, 0, "a")));
        Assert.Equal(0, client.Append("t", Batch.Idempotent(1, 0, 0, "a"), partition: 1));
    }

    [Fact]
    public async Task A_repeat_is_known_when_the_topic_recompresses()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t", configs: ("compression.type", "zstd"));
        using RawClient client = broker.Connect();
        byte[] batch = Batch.Idempotent(Producer, 0, 0, "a", "b");

        Assert.Equal(0, client.Append("t", batch));
        Assert.Equal(0, client.Append("t", batch));
        Assert.Equal(["a", "b"], client.Fetch("t", 0).Values());
    }

    private static long Init(RawClient client, short version)
    {
        var answer = client.Call<InitProducerIdRequest, InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = null }, version);
        Assert.Equal((ErrorCode.None, (short)0), (answer.ErrorCode, answer.ProducerEpoch));
        return answer.ProducerId;
    }

    private static async Task<TestBroker> StartAsync()
    {
        TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t", partitions: 2);
        return broker;
    }
}
