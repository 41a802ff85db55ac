using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;
using PerfLog.Client.Tests.Scripted;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Consuming;

/// <summary>A consumer with one partition against brokers whose answers, and whose time, the test decides.</summary>
public sealed class ConsumerScriptTests
{
    private static readonly TopicPartition Partition = new(ScriptedCluster.Topic, 0);

    private readonly ScriptedCluster _cluster = new();

    private ConsumerOptions Options => new()
    {
        BootstrapServers = ScriptedCluster.Servers, Time = _cluster.Time, AutoOffsetReset = OffsetReset.Earliest, Rack = "r2",
    };

    [Fact]
    public async Task It_fetches_ahead_from_where_it_was_sent_to()
    {
        await using Consumer<None, long> consumer = At(5);
        Task<long[]> polling = PollAsync(consumer);
        Asked<FetchRequest> first = await _cluster.NextAsync<FetchRequest>();
        Assert.Equal((5, LinkLane.Data, "r2"), (first.Offset(), first.Lane, first.Request.RackId));
        first.Records(from: 5, count: 3);

        Assert.Equal((long[])[5, 6, 7], await polling);
        Assert.Equal(8, (await _cluster.NextAsync<FetchRequest>()).Offset());
    }

    [Fact]
    public async Task An_answer_to_a_fetch_from_before_a_seek_is_dropped()
    {
        await using Consumer<None, long> consumer = At(5);
        Asked<FetchRequest> before = await FirstFetchAsync(consumer);
        consumer.Seek(Partition, new Offset(20));
        before.Records(from: 5, count: 3);

        Asked<FetchRequest> after = await _cluster.NextInTimeAsync<FetchRequest>();
        Assert.Equal(20, after.Offset());
        after.Records(from: 20, count: 1);
        Assert.Equal((long[])[20], await PollAsync(consumer));
    }

    [Fact]
    public async Task After_a_change_of_leader_it_proves_its_position_and_goes_on_with_the_new_one()
    {
        await using Consumer<None, long> consumer = At(5);
        Asked<FetchRequest> first = await FirstFetchAsync(consumer);
        first.Records(from: 5, count: 3);
        Assert.Equal((long[])[5, 6, 7], await PollAsync(consumer));
        Asked<FetchRequest> second = await _cluster.NextAsync<FetchRequest>();
        _cluster.Lead(2);
        second.Refused(ErrorCode.NotLeaderOrFollower);

        Asked<OffsetForLeaderEpochRequest> proof = await _cluster.NextPastOldLeaderAsync<OffsetForLeaderEpochRequest>(oldLeader: 1);
        OffsetForLeaderEpochRequest.OffsetForLeaderPartition question = Assert.Single(Assert.Single(proof.Request.Topics).Partitions);
        Assert.Equal((2, 1, 2), (proof.Broker.Port, question.LeaderEpoch, question.CurrentLeaderEpoch));
        proof.Answer(EpochEnd(epoch: 1, offset: 8));

        Asked<FetchRequest> third = await _cluster.NextInTimeAsync<FetchRequest>();
        Assert.Equal((2, 8), (third.Broker.Port, third.Offset()));
    }

    [Fact]
    public async Task A_log_that_lost_records_with_its_leader_is_read_on_from_where_it_parts()
    {
        await using Consumer<None, long> consumer = await ConsumerBeforeTruncationAsync(Options);

        Asked<OffsetForLeaderEpochRequest> proof = await _cluster.NextPastOldLeaderAsync<OffsetForLeaderEpochRequest>(oldLeader: 1);
        proof.Answer(EpochEnd(epoch: 1, offset: 6));

        Asked<FetchRequest> next = await _cluster.NextInTimeAsync<FetchRequest>();
        Assert.Equal(6, next.Offset());
        Assert.Equal(new Offset(6), await consumer.PositionAsync(Partition));
    }

    [Fact]
    public async Task Without_a_policy_a_truncated_log_is_an_error_that_says_where()
    {
        await using Consumer<None, long> consumer = await ConsumerBeforeTruncationAsync(Options with { AutoOffsetReset = OffsetReset.None });

        Asked<OffsetForLeaderEpochRequest> proof = await _cluster.NextPastOldLeaderAsync<OffsetForLeaderEpochRequest>(oldLeader: 1);
        proof.Answer(EpochEnd(epoch: 1, offset: 6));

        ConsumeException failure = await Assert.ThrowsAsync<ConsumeException>(() => PollAsync(consumer));
        Assert.Contains("truncated at offset 6", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replica_that_the_leader_recommends_is_read_from_until_it_refuses()
    {
        await using Consumer<None, long> consumer = At(5);
        (await FirstFetchAsync(consumer)).ReadFrom(replica: 2);

        Asked<FetchRequest> near = await _cluster.NextInTimeAsync<FetchRequest>();
        Assert.Equal((2, 5), (near.Broker.Port, near.Offset()));
        near.Records(from: 5, count: 1);
        Assert.Equal((long[])[5], await PollAsync(consumer));
        (await _cluster.NextAsync<FetchRequest>()).Refused(ErrorCode.OffsetOutOfRange);

        Asked<FetchRequest> back = await _cluster.NextInTimeAsync<FetchRequest>();
        Assert.Equal((1, 6), (back.Broker.Port, back.Offset()));
    }

    [Fact]
    public async Task An_offset_that_is_gone_is_looked_up_by_the_policy()
    {
        await using Consumer<None, long> consumer = At(5);
        Task<long[]> polling = PollAsync(consumer);
        (await _cluster.NextAsync<FetchRequest>()).Refused(ErrorCode.OffsetOutOfRange);

        Asked<ListOffsetsRequest> lookup = await _cluster.NextInTimeAsync<ListOffsetsRequest>();
        Assert.Equal(-2, Assert.Single(Assert.Single(lookup.Request.Topics).Partitions).Timestamp);
        lookup.Answer(new ListOffsetsResponse
        {
            Topics = [new() { Name = ScriptedCluster.Topic, Partitions = [new() { Offset = 30, Timestamp = -1, LeaderEpoch = -1 }] }],
        });

        Asked<FetchRequest> next = await _cluster.NextInTimeAsync<FetchRequest>();
        next.Records(from: 30, count: 1);
        Assert.Equal((long[])[30], await polling);
    }

    [Fact]
    public async Task A_broken_connection_is_replaced_after_a_pause()
    {
        await using Consumer<None, long> consumer = At(5);
        Asked<FetchRequest> first = await FirstFetchAsync(consumer);
        first.Break();

        Asked<FetchRequest> again = await _cluster.NextInTimeAsync<FetchRequest>();
        Assert.Equal(5, again.Offset());
        Assert.True(again.At - first.At >= Options.RetryBackoff, $"{again.At - first.At}");
    }

    [Fact]
    public async Task A_poll_ends_with_nothing_when_its_time_is_over_and_at_once_when_it_is_cancelled_or_woken()
    {
        await using Consumer<None, long> consumer = At(5);
        Asked<FetchRequest> fetch = await FirstFetchAsync(consumer);
        Task<long[]> timed = PollAsync(consumer, TimeSpan.FromSeconds(1));
        Assert.Empty(await _cluster.InTimeAsync(timed));

        using CancellationTokenSource cancellation = new();
        Task cancelled = consumer.PollAsync(TimeSpan.FromHours(1), cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        Task<long[]> woken = PollAsync(consumer, TimeSpan.FromHours(1));
        consumer.Wakeup();
        await Assert.ThrowsAsync<WakeupException>(() => woken);

        fetch.Records(from: 5, count: 1);
        Assert.Equal((long[])[5], await PollAsync(consumer));
    }

    /// <summary>It has read up to offset 8 under one leader, and another leads now.</summary>
    private async Task<Consumer<None, long>> ConsumerBeforeTruncationAsync(ConsumerOptions options)
    {
        Consumer<None, long> consumer = new(options, null, null, _cluster);
        consumer.Assign(Partition);
        consumer.Seek(Partition, new Offset(5));
        (await FirstFetchAsync(consumer)).Records(from: 5, count: 3);
        Assert.Equal((long[])[5, 6, 7], await PollAsync(consumer));
        Asked<FetchRequest> second = await _cluster.NextAsync<FetchRequest>();
        _cluster.Lead(2);
        second.Refused(ErrorCode.FencedLeaderEpoch);
        return consumer;
    }

    private Consumer<None, long> At(long offset)
    {
        Consumer<None, long> consumer = new(Options, null, null, _cluster);
        consumer.Assign(Partition);
        consumer.Seek(Partition, new Offset(offset));
        return consumer;
    }

    /// <summary>Polls once, in vain, so that the consumer learns of its cluster.</summary>
    private async Task<Asked<FetchRequest>> FirstFetchAsync(Consumer<None, long> consumer)
    {
        Assert.Empty(await PollAsync(consumer, TimeSpan.Zero));
        return await _cluster.NextInTimeAsync<FetchRequest>();
    }

    private static OffsetForLeaderEpochResponse EpochEnd(int epoch, long offset) => new()
    {
        Topics = [new() { Topic = ScriptedCluster.Topic, Partitions = [new() { LeaderEpoch = epoch, EndOffset = offset }] }],
    };

    private static async Task<long[]> PollAsync(Consumer<None, long> consumer, TimeSpan? timeout = null)
    {
        using ConsumedBatch<None, long> batch = await consumer.PollAsync(timeout ?? TimeSpan.FromHours(1));
        List<long> numbers = [];
        foreach (ConsumedRecord<None, long> record in batch) numbers.Add(record.Value);
        return [.. numbers];
    }
}
