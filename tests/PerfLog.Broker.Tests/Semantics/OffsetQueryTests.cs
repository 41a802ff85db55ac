using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Semantics;

/// <summary>Goal: offsets are found by position, by time and by epoch, and DeleteRecords moves the first of them.</summary>
public sealed class OffsetQueryTests
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;

    [Theory]
    [InlineData(Earliest, 0, -1)]
    [InlineData(-4, 0, -1)]
    [InlineData(Latest, 6, -1)]
    [InlineData(-5, -1, -1)]
    [InlineData(0, 0, 1_000)]
    [InlineData(1_000, 0, 1_000)]
    [InlineData(1_001, 1, 1_001)]
    [InlineData(1_003, 2, 5_000)]
    [InlineData(5_001, 3, 5_001)]
    [InlineData(5_002, -1, -1)]
    [InlineData(MaxTimestamp, 3, 5_001)]
    public async Task An_offset_is_found_by_position_or_time(long asked, long offset, long timestamp)
    {
        // Times: 1000 1001 | 5000 5001 | 3000 3001. The last batch came late.
        await using TestBroker broker = await StartWithTimesAsync();
        using RawClient client = broker.Connect();

        ListOffsetsResponse.ListOffsetsPartitionResponse answer = List(client, asked, version: 9);

        Assert.Equal((ErrorCode.None, offset, timestamp), (answer.ErrorCode, answer.Offset, answer.Timestamp));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public async Task Every_version_finds_the_end(short version)
    {
        await using TestBroker broker = await StartWithTimesAsync();
        using RawClient client = broker.Connect();

        ListOffsetsResponse.ListOffsetsPartitionResponse answer = List(client, Latest, version);

        Assert.Equal((6L, version >= 4 ? 0 : -1), (answer.Offset, answer.LeaderEpoch));
    }

    [Theory]
    [InlineData(Latest, 1, new long[] { 6 })]
    [InlineData(Earliest, 1, new long[] { 0 })]
    [InlineData(Latest, 0, new long[0])]
    public async Task Version_0_answers_with_a_list(long asked, int wanted, long[] offsets)
    {
        await using TestBroker broker = await StartWithTimesAsync();
        using RawClient client = broker.Connect();
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = "t", Partitions = [new() { Timestamp = asked, MaxNumOffsets = wanted }] }],
        };

        var answer = client.Call<ListOffsetsRequest, ListOffsetsResponse>(request, 0);

        Assert.Equal(offsets, answer.Topics[0].Partitions[0].OldStyleOffsets);
    }

    [Fact]
    public async Task An_empty_partition_begins_and_ends_at_0_and_holds_no_time()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();

        Assert.Equal(0, List(client, Earliest, 9).Offset);
        Assert.Equal(0, List(client, Latest, 9).Offset);
        Assert.Equal(-1, List(client, 0, 9).Offset);
        Assert.Equal(-1, List(client, MaxTimestamp, 9).Offset);
    }

    [Fact]
    public async Task Unknown_partitions_and_wrong_epochs_are_told()
    {
        await using TestBroker broker = await StartWithTimesAsync();
        using RawClient client = broker.Connect();
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics =
            [
                new() { Name = "t", Partitions = [new() { PartitionIndex = 5, Timestamp = Latest }, new() { Timestamp = Latest, CurrentLeaderEpoch = 9 }] },
                new() { Name = "nowhere", Partitions = [new() { Timestamp = Latest }] },
            ],
        };

        var answer = client.Call<ListOffsetsRequest, ListOffsetsResponse>(request, 9);

        Assert.Equal(
            [ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownLeaderEpoch, ErrorCode.UnknownTopicOrPartition],
            answer.Topics.SelectMany(static topic => topic.Partitions).Select(static partition => partition.ErrorCode));
    }

    [Theory]
    [InlineData(0, 0, 6)]
    [InlineData(3, -1, -1)]
    public async Task An_epochs_end_is_found(int epoch, int expectedEpoch, long expectedEnd)
    {
        await using TestBroker broker = await StartWithTimesAsync();
        using RawClient client = broker.Connect();

        OffsetForLeaderEpochResponse.EpochEndOffset answer = EndOf(client, "t", current: -1, epoch, version: 4);

        Assert.Equal((ErrorCode.None, expectedEpoch, expectedEnd), (answer.ErrorCode, answer.LeaderEpoch, answer.EndOffset));
    }

    [Fact]
    public async Task An_epoch_question_with_a_wrong_epoch_or_topic_is_refused()
    {
        await using TestBroker broker = await StartWithTimesAsync();
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.UnknownLeaderEpoch, EndOf(client, "t", current: 4, 0, version: 4).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, EndOf(client, "nowhere", current: -1, 0, version: 2).ErrorCode);
        Assert.Equal(6, EndOf(client, "t", current: 0, 0, version: 0).EndOffset);
    }

    [Fact]
    public async Task Deleting_records_moves_the_start_and_never_back()
    {
        await using TestBroker broker = await StartWithTimesAsync();
        using RawClient client = broker.Connect();

        Assert.Equal((ErrorCode.None, 3L), Delete(client, 3));
        Assert.Equal((ErrorCode.None, 3L), Delete(client, 1));
        Assert.Equal(3, List(client, Earliest, 9).Offset);
        Assert.Equal(ErrorCode.OffsetOutOfRange, client.Fetch("t", 2).ErrorCode);
        FetchResponse.PartitionData read = client.Fetch("t", 3);
        Assert.Equal(3, read.LogStartOffset);
        Assert.Equal(6, Batch.Read(read.Records)[^1].Offset + 1);

        Assert.Equal((ErrorCode.None, 6L), Delete(client, -1));
        Assert.Empty(client.Fetch("t", 6).Values());
        Assert.Equal(6, client.Append("t", Batch.Of("next")));
    }

    [Fact]
    public async Task A_topic_that_is_only_compacted_keeps_its_records()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t", configs: ("cleanup.policy", "compact"));
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("a"));

        Assert.Equal(ErrorCode.PolicyViolation, Delete(client, 1).Error);
    }

    private static (ErrorCode Error, long Low) Delete(RawClient client, long offset)
    {
        var answer = client.Call<DeleteRecordsRequest, DeleteRecordsResponse>(
            new DeleteRecordsRequest { Topics = [new() { Name = "t", Partitions = [new() { Offset = offset }] }] }, 2);
        return (answer.Topics[0].Partitions[0].ErrorCode, answer.Topics[0].Partitions[0].LowWatermark);
    }

    private static ListOffsetsResponse.ListOffsetsPartitionResponse List(RawClient client, long timestamp, short version)
    {
        var request = new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = "t", Partitions = [new() { Timestamp = timestamp }] }] };
        return client.Call<ListOffsetsRequest, ListOffsetsResponse>(request, version).Topics[0].Partitions[0];
    }

    private static OffsetForLeaderEpochResponse.EpochEndOffset EndOf(RawClient client, string topic, int current, int epoch, short version)
    {
        var request = new OffsetForLeaderEpochRequest
        {
            Topics = [new() { Topic = topic, Partitions = [new() { CurrentLeaderEpoch = current, LeaderEpoch = epoch }] }],
        };
        return client.Call<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(request, version).Topics[0].Partitions[0];
    }

    private static async Task<TestBroker> StartWithTimesAsync()
    {
        TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        foreach (long time in (long[])[1_000, 5_000, 3_000]) client.Append("t", Batch.At(time, "a", "b"));
        return broker;
    }
}
