using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Broker.Tests.Semantics;

/// <summary>Goal: an answer keeps to the client's limits, but always gets a reader forward.</summary>
public sealed class FetchLimitsTests
{
    private static readonly int BatchBytes = Batch.OfSize(1_000).Length;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1_000_000)]
    [InlineData(1_000_000, 1)]
    [InlineData(0, 0)]
    public async Task The_first_partition_gives_one_whole_batch_although_it_is_over_the_limits(int maxBytes, int partitionMaxBytes)
    {
        await using TestBroker broker = await StartWithBatchesAsync(partitions: 1, batches: 3);
        using RawClient client = broker.Connect();

        FetchResponse.PartitionData answer = client.Fetch(Limited([(0, 0)], maxBytes, partitionMaxBytes)).Only();

        Assert.Equal(BatchBytes, answer.Records?.Length);
        Assert.Equal(3, answer.HighWatermark);
    }

    [Fact]
    public async Task A_partition_gives_whole_batches_within_its_limit()
    {
        await using TestBroker broker = await StartWithBatchesAsync(partitions: 1, batches: 5);
        using RawClient client = broker.Connect();

        FetchResponse.PartitionData answer = client.Fetch(Limited([(0, 1)], int.MaxValue, (2 * BatchBytes) + 500)).Only();

        Assert.Equal(2 * BatchBytes, answer.Records?.Length);
        Assert.Equal([1L, 2L], Batch.Read(answer.Records).Select(static record => record.Offset));
    }

    [Fact]
    public async Task Partitions_share_the_limit_of_the_whole_in_the_order_of_the_request()
    {
        await using TestBroker broker = await StartWithBatchesAsync(partitions: 3, batches: 2);
        using RawClient client = broker.Connect();

        FetchResponse answer = client.Fetch(Limited([(2, 0), (0, 0), (1, 0)], 3 * BatchBytes, int.MaxValue));

        Assert.Equal([2, 0, 1], Partitions(answer).Select(static partition => partition.PartitionIndex));
        Assert.Equal([2, 1, 0], Partitions(answer).Select(static partition => (partition.Records?.Length ?? 0) / BatchBytes));
    }

    [Fact]
    public async Task Only_the_first_partition_with_records_may_go_over_the_limit()
    {
        await using TestBroker broker = await StartWithBatchesAsync(partitions: 3, batches: 1);
        using RawClient client = broker.Connect();

        // Partition 0 is read to its end, so partition 1 is the first that has anything.
        FetchResponse answer = client.Fetch(Limited([(0, 1), (1, 0), (2, 0)], 1, int.MaxValue));

        Assert.Equal([0, BatchBytes, 0], Partitions(answer).Select(static partition => partition.Records?.Length ?? 0));
    }

    [Fact]
    public async Task The_brokers_own_limit_holds_whatever_the_client_asks()
    {
        await using TestBroker broker = await StartWithBatchesAsync(1, 5, ("fetch.max.bytes", "2200"));
        using RawClient client = broker.Connect();

        Assert.Equal(2 * BatchBytes, client.Fetch("t", 0).Records?.Length);
    }

    [Fact]
    public async Task The_batch_that_holds_the_offset_comes_whole()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("a", "b", "c"));
        client.Append("t", Batch.Of("d"));

        Assert.Equal(["a", "b", "c", "d"], client.Fetch("t", 1).Values());
        Assert.Equal(["d"], client.Fetch("t", 3).Values());
        Assert.Empty(client.Fetch("t", 4).Values());
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task A_batch_comes_back_as_it_was_sent_but_for_what_the_broker_assigns(CompressionCodec codec)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("before"));
        byte[] sent = Batch.Of(codec, "a", null, new string('z', 5_000));

        client.Append("t", sent);

        byte[] read = client.Fetch("t", 1).Records!;
        RecordBatchFields.AssignOffset(sent, new Offset(1), new LeaderEpoch(0));
        Assert.Equal(sent, read);
    }

    [Fact]
    public async Task Large_batches_go_out_whole()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t", configs: ("max.message.bytes", "20000000"));
        using RawClient client = broker.Connect();
        string value = new('v', 5_000_000);
        client.Append("t", Batch.Of(value));
        client.Append("t", Batch.Of("small"));
        FetchRequest request = ClientRequests.Fetch("t", 0);
        request.Topics[0].Partitions[0].PartitionMaxBytes = int.MaxValue;

        Assert.Equal([value, "small"], client.Fetch(request).Only().Values());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-5)]
    public async Task Another_epoch_than_the_leaders_is_told(int difference)
    {
        await using TestBroker broker = await StartWithBatchesAsync(1, 1);
        using RawClient client = broker.Connect();
        FetchRequest request = ClientRequests.Fetch("t", 0);
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = difference;

        Assert.Equal(
            difference > 0 ? ErrorCode.UnknownLeaderEpoch : ErrorCode.FencedLeaderEpoch,
            client.Fetch(request).Only().ErrorCode);
    }

    [Fact]
    public async Task A_reader_with_an_epoch_that_the_log_does_not_have_learns_where_they_part()
    {
        await using TestBroker broker = await StartWithBatchesAsync(1, 2);
        using RawClient client = broker.Connect();
        FetchRequest request = ClientRequests.Fetch("t", 1);
        request.Topics[0].Partitions[0].LastFetchedEpoch = 0;
        Assert.Equal(BatchBytes, client.Fetch(request).Only().Records?.Length);

        // Beyond the epoch's end.
        request.Topics[0].Partitions[0].FetchOffset = 7;
        FetchResponse.PartitionData answer = client.Fetch(request).Only();

        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        Assert.Equal((0, 2L), (answer.DivergingEpoch.Epoch, answer.DivergingEpoch.EndOffset));
        Assert.Empty(answer.Values());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Both_isolation_levels_read_all_where_there_are_no_transactions(sbyte isolation)
    {
        await using TestBroker broker = await StartWithBatchesAsync(1, 2);
        using RawClient client = broker.Connect();
        FetchRequest request = ClientRequests.Fetch("t", 0);
        request.IsolationLevel = isolation;

        FetchResponse.PartitionData answer = client.Fetch(request).Only();

        Assert.Equal(2 * BatchBytes, answer.Records?.Length);
        Assert.Equal(2, answer.LastStableOffset);
        Assert.Equal(isolation == 0, answer.AbortedTransactions is null);
    }

    private static IEnumerable<FetchResponse.PartitionData> Partitions(FetchResponse answer) =>
        answer.Responses.SelectMany(static topic => topic.Partitions);

    private static FetchRequest Limited((int Partition, long Offset)[] wanted, int maxBytes, int partitionMaxBytes)
    {
        FetchRequest request = ClientRequests.Fetch([.. wanted.Select(static one => ("t", one.Partition, one.Offset))]);
        request.MaxBytes = maxBytes;
        foreach (FetchRequest.FetchTopic topic in request.Topics) topic.Partitions[0].PartitionMaxBytes = partitionMaxBytes;
        return request;
    }

    private static async Task<TestBroker> StartWithBatchesAsync(int partitions, int batches, params (string Key, string Value)[] settings)
    {
        TestBroker broker = await TestBroker.StartAsync(settings: settings);
        broker.CreateTopic("t", partitions);
        using RawClient client = broker.Connect();
        for (int partition = 0; partition < partitions; partition++)
        {
            for (int batch = 0; batch < batches; batch++) client.Append("t", Batch.OfSize(1_000), partition);
        }

        return broker;
    }
}
