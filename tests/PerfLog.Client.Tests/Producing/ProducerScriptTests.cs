using System.Threading.Channels;
using PerfLog.Client.Cluster;
using PerfLog.Client.Producing;
using PerfLog.Client.Tests.Scripted;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Producing;

/// <summary>A producer against brokers whose answers, and whose time, the test decides.</summary>
public sealed class ProducerScriptTests
{
    private readonly ScriptedCluster _cluster = new();

    private ProducerOptions Options => new()
    {
        BootstrapServers = ScriptedCluster.Servers, Time = _cluster.Time, Seed = 1, CloseTimeout = TimeSpan.Zero,
    };

    [Fact]
    public async Task A_record_goes_to_the_leader_over_the_connection_for_data()
    {
        await using Producer<None, long> producer = Producer(Options);
        Task<RecordMetadata> sending = SendAsync(producer, 1);

        Asked<ProduceRequest> asked = await _cluster.NextAsync<ProduceRequest>();
        Assert.Equal((1, LinkLane.Data), (asked.Broker.Port, asked.Lane));
        asked.Written(41);

        Assert.Equal(new Offset(41), (await sending).Offset);
    }

    [Fact]
    public async Task What_a_broker_refuses_for_now_is_sent_again_after_a_pause()
    {
        await using Producer<None, long> producer = Producer(Options);
        Task<RecordMetadata> sending = SendAsync(producer, 1);
        Asked<ProduceRequest> first = await _cluster.NextAsync<ProduceRequest>();
        first.Refused(ErrorCode.NotEnoughReplicas);

        Asked<ProduceRequest> again = await _cluster.NextInTimeAsync<ProduceRequest>();
        Assert.True(again.At - first.At >= Options.RetryBackoff, $"{again.At - first.At}");
        again.Written(5);

        Assert.Equal(new Offset(5), (await sending).Offset);
    }

    [Fact]
    public async Task A_refusal_without_words_is_told_by_the_name_of_its_error()
    {
        await using Producer<None, long> producer = Producer(Options);
        Task<RecordMetadata> sending = SendAsync(producer, 1);
        (await _cluster.NextAsync<ProduceRequest>()).Refused(ErrorCode.InvalidRecord);

        ProduceException refused = await Assert.ThrowsAsync<ProduceException>(() => sending);
        Assert.Equal(ErrorCode.InvalidRecord, refused.Error);
        Assert.Contains("the broker refused it with InvalidRecord", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_change_of_leader_records_go_to_the_new_one()
    {
        await using Producer<None, long> producer = Producer(Options);
        Task<RecordMetadata> sending = SendAsync(producer, 1);
        Asked<ProduceRequest> first = await _cluster.NextAsync<ProduceRequest>();
        _cluster.Lead(2);
        first.Refused(ErrorCode.NotLeaderOrFollower);

        Asked<ProduceRequest> again = await _cluster.NextPastOldLeaderAsync<ProduceRequest>(oldLeader: 1);
        Assert.Equal(2, again.Broker.Port);
        Assert.Equal([1], again.Numbers());
        again.Written(0);
        await sending;
    }

    [Fact]
    public async Task A_broken_connection_is_replaced_and_what_was_under_way_goes_over_the_new_one()
    {
        await using Producer<None, long> producer = Producer(Options);
        Task<RecordMetadata> sending = SendAsync(producer, 1);
        (await _cluster.NextAsync<ProduceRequest>()).Break();

        Asked<ProduceRequest> again = await _cluster.NextInTimeAsync<ProduceRequest>();
        Assert.Equal([1], again.Numbers());
        again.Written(0);
        await sending;
    }

    [Fact]
    public async Task A_record_that_is_refused_for_too_long_fails_with_the_last_reason()
    {
        ProducerOptions options = Options with { DeliveryTimeout = TimeSpan.FromSeconds(3), RequestTimeout = TimeSpan.FromSeconds(2) };
        await using Producer<None, long> producer = Producer(options);
        Task<RecordMetadata> sending = SendAsync(producer, 1);
        while (!sending.IsCompleted)
        {
            Task<Asked<ProduceRequest>> next = _cluster.NextAsync<ProduceRequest>();
            await _cluster.RunClockAsync(Task.WhenAny(sending, next));
            if (next.IsCompleted) (await next).Refused(ErrorCode.NotEnoughReplicas);
        }

        ProduceException failure = await Assert.ThrowsAsync<ProduceException>(() => sending);
        Assert.Equal(ErrorCode.RequestTimedOut, failure.Error);
        Assert.Contains("delivery.timeout.ms", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_throttled_producer_leaves_the_broker_alone_for_as_long_as_it_says()
    {
        await using Producer<None, long> producer = Producer(Options);
        Task<RecordMetadata> first = SendAsync(producer, 1);
        Asked<ProduceRequest> asked = await _cluster.NextAsync<ProduceRequest>();
        asked.Written(0, throttleMs: 1000);
        await first;
        Task<RecordMetadata> second = SendAsync(producer, 2);

        Asked<ProduceRequest> later = await _cluster.NextInTimeAsync<ProduceRequest>();
        Assert.True(later.At - asked.At >= TimeSpan.FromSeconds(1), $"{later.At - asked.At}");
        later.Written(1);
        await second;
    }

    [Fact]
    public async Task With_idempotence_what_was_under_way_behind_a_refused_batch_keeps_order_and_sequence()
    {
        await using Producer<None, long> producer = Producer(Options with { Acks = Acks.All, EnableIdempotence = true });
        Task<RecordMetadata> first = SendAsync(producer, 1);
        Asked<ProduceRequest> one = await _cluster.NextAsync<ProduceRequest>();
        Task<RecordMetadata> second = SendAsync(producer, 2);
        Asked<ProduceRequest> two = await _cluster.NextAsync<ProduceRequest>();
        Assert.Equal([0, 1], [one.Sequence().First, two.Sequence().First]);

        one.Refused(ErrorCode.NotEnoughReplicas);
        two.Refused(ErrorCode.OutOfOrderSequenceNumber);

        Asked<ProduceRequest> oneAgain = await _cluster.NextInTimeAsync<ProduceRequest>();
        Assert.Equal((one.Sequence(), 1L), (oneAgain.Sequence(), oneAgain.Numbers().Single()));
        oneAgain.Written(0);
        Asked<ProduceRequest> twoAgain = await _cluster.NextInTimeAsync<ProduceRequest>();
        Assert.Equal((two.Sequence(), 2L), (twoAgain.Sequence(), twoAgain.Numbers().Single()));
        twoAgain.Written(1);
        Assert.Equal([new Offset(0), new Offset(1)], [(await first).Offset, (await second).Offset]);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_goes_again_in_halves_with_the_same_order_and_sequence()
    {
        await using Producer<None, long> producer = Producer(
            Options with { Acks = Acks.All, EnableIdempotence = true, Linger = TimeSpan.FromMilliseconds(50) });
        await ToldAsync(SendAsync(producer, 100), offset: 9);
        Task<RecordMetadata>[] sending = [.. Enumerable.Range(0, 5).Select(number => SendAsync(producer, number))];
        Asked<ProduceRequest> whole = await _cluster.NextInTimeAsync<ProduceRequest>();
        Assert.Equal([0, 1, 2, 3, 4], whole.Numbers());
        whole.Refused(ErrorCode.MessageTooLarge);

        Asked<ProduceRequest> front = await _cluster.NextInTimeAsync<ProduceRequest>();
        Assert.Equal([0, 1], front.Numbers());
        Assert.Equal(1, front.Sequence().First);
        front.Written(10);
        Asked<ProduceRequest> back = await _cluster.NextInTimeAsync<ProduceRequest>();
        Assert.Equal([2, 3, 4], back.Numbers());
        Assert.Equal(3, back.Sequence().First);
        back.Written(12);

        RecordMetadata[] written = await Task.WhenAll(sending);
        Assert.Equal([10, 11, 12, 13, 14], written.Select(static record => record.Offset.Value));
    }

    [Fact]
    public async Task A_callback_is_told_of_each_record_by_itself_also_when_the_batch_goes_in_halves()
    {
        await using Producer<None, long> producer = Producer(Options with { Linger = TimeSpan.FromMilliseconds(50) });
        await ToldAsync(SendAsync(producer, 100), offset: 9);
        Channel<DeliveryReport> told = Channel.CreateUnbounded<DeliveryReport>();
        Channel<DeliveryReport> toldOther = Channel.CreateUnbounded<DeliveryReport>();
        foreach (int time in (int[])[1, 1, 1, 2, 2, 7])
        {
            await producer.Send(Record(time), report => told.Writer.TryWrite(report));
            await producer.Send(Record(time), report => toldOther.Writer.TryWrite(report));
        }

        Action<DeliveryReport> shared = report => told.Writer.TryWrite(report);
        foreach (int time in (int[])[8, 8, 8, 9]) await producer.Send(Record(time), shared);
        (await _cluster.NextInTimeAsync<ProduceRequest>()).Refused(ErrorCode.MessageTooLarge);

        // Two batches may be told of at the same time, each by a thread of its own.
        (await _cluster.NextInTimeAsync<ProduceRequest>()).Written(20);
        Assert.Equal([(20, 1), (22, 1), (24, 1), (26, 2)], await NextAsync(told, 4));
        Assert.Equal([(21, 1), (23, 1), (25, 1), (27, 2)], await NextAsync(toldOther, 4));
        (await _cluster.NextInTimeAsync<ProduceRequest>()).Written(40);
        Assert.Equal([(40, 2), (42, 7), (44, 8), (45, 8), (46, 8), (47, 9)], await NextAsync(told, 6));
        Assert.Equal([(41, 2), (43, 7)], await NextAsync(toldOther, 2));
        Assert.False(told.Reader.TryRead(out _) || toldOther.Reader.TryRead(out _));

        static ProducerRecord<None, long> Record(long time) =>
            new(ScriptedCluster.Topic, default, time) { Timestamp = new TimestampMs(time) };

        static async Task<List<(int Offset, int Time)>> NextAsync(Channel<DeliveryReport> told, int count)
        {
            List<(int, int)> next = [];
            while (next.Count < count)
            {
                RecordMetadata metadata = (await told.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20))).Metadata;
                next.Add(((int)metadata.Offset.Value, (int)metadata.Timestamp.Value));
            }

            return next;
        }
    }

    [Fact]
    public async Task A_single_record_that_is_too_large_for_the_broker_fails()
    {
        await using Producer<None, long> producer = Producer(Options);
        Task<RecordMetadata> sending = SendAsync(producer, 1);
        (await _cluster.NextAsync<ProduceRequest>()).Refused(ErrorCode.MessageTooLarge);

        Assert.Equal(ErrorCode.MessageTooLarge, (await Assert.ThrowsAsync<ProduceException>(() => sending)).Error);
    }

    [Theory]
    [InlineData(2_000)]
    [InlineData(1_000)]
    [InlineData(990)]
    public async Task A_record_over_the_size_of_a_request_is_refused_with_both_sizes(int bytes)
    {
        await using Producer<None, byte[]> producer = new(
            Options with { BatchSize = 100, MaxRequestSize = 1_000 }, null, new Copied(), _cluster);

        ProduceException refused = await _cluster.InTimeAsync(Assert.ThrowsAsync<ProduceException>(
            async () => await producer.SendAsync(ScriptedCluster.Topic, default, new byte[bytes])));

        Assert.Equal(ErrorCode.MessageTooLarge, refused.Error);
        Assert.Contains("max.request.size=1000", refused.Message, StringComparison.Ordinal);
        Assert.Matches("needs (at least )?1[0-9]{3} bytes", refused.Message);
    }

    [Fact]
    public async Task A_record_for_which_there_is_never_room_does_not_wait_for_it_where_its_topic_is_not_known()
    {
        _cluster.Partitions = 0;
        await using Producer<None, byte[]> producer = new(
            Options with { BatchSize = 100, MaxRequestSize = 5_000, BufferMemory = 1_000 }, null, null, _cluster);

        ProduceException refused = await Assert.ThrowsAsync<ProduceException>(
            async () => await producer.SendAsync(ScriptedCluster.Topic, default, new byte[2_000]));

        Assert.Contains("buffer.memory=1000", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partition_below_0_is_refused_by_its_name()
    {
        await using Producer<None, long> producer = Producer(Options);

        ArgumentException refused = await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await producer.Send(new ProducerRecord<None, long>(ScriptedCluster.Topic, default, 1) { Partition = -1 }));

        Assert.Equal("Partition", refused.ParamName);
    }

    [Fact]
    public async Task A_partition_that_does_not_come_to_be_in_time_is_named_with_those_that_there_are()
    {
        await using Producer<None, long> producer = Producer(Options with { MaxBlock = TimeSpan.FromSeconds(2) });
        Task<RecordMetadata> sending = producer.SendAsync(
            new ProducerRecord<None, long>(ScriptedCluster.Topic, default, 1) { Partition = 77 }).AsTask();
        await _cluster.RunClockAsync(sending);

        ProduceException late = await Assert.ThrowsAsync<ProduceException>(() => sending);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, late.Error);
        Assert.Contains($"no partition 77 within 2000 ms (max.block.ms): the topic has {_cluster.Partitions}", late.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(9)]
    public async Task A_partitioner_that_chooses_what_there_is_not_is_named_at_once(int chosen)
    {
        _cluster.Partitions = 3;
        await using Producer<None, long> producer = Producer(Options with { Partitioner = (_, _, _) => new Stubborn(chosen) });

        ProduceException refused = await _cluster.InTimeAsync(Assert.ThrowsAsync<ProduceException>(() => SendAsync(producer, 1)));

        Assert.Contains($"the partitioner Stubborn chose partition {chosen} of 3", refused.Message, StringComparison.Ordinal);
    }

    private sealed class Stubborn(int partition) : IPartitioner
    {
        public int Choose(in PartitionChoice choice) => partition;
    }

    /// <summary>A serializer that writes bytes, where the built-in one would borrow them.</summary>
    private sealed class Copied : ISerializer<byte[]>
    {
        public void Serialize(byte[] value, System.Buffers.IBufferWriter<byte> destination) => System.Buffers.BuffersExtensions.Write(destination, value);
    }

    [Fact]
    public async Task Without_memory_a_record_waits_until_there_is_some_and_no_longer_than_allowed()
    {
        ProducerOptions options = Options with { BatchSize = 1024, BufferMemory = 1024, MaxBlock = TimeSpan.FromSeconds(2) };
        await using Producer<None, long> producer = Producer(options);
        Task<RecordMetadata> first = SendAsync(producer, 1);
        Asked<ProduceRequest> asked = await _cluster.NextAsync<ProduceRequest>();
        Task<RecordMetadata> second = SendAsync(producer, 2);
        using CancellationTokenSource cancellation = new();
        Task<RecordMetadata> cancelled = producer.SendAsync(ScriptedCluster.Topic, default, 3, cancellation.Token).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        asked.Written(0);
        Asked<ProduceRequest> next = await _cluster.NextAsync<ProduceRequest>();
        Assert.Equal([2], next.Numbers());
        Task<RecordMetadata> third = SendAsync(producer, 4);
        await _cluster.RunClockAsync(third);

        ProduceException late = await Assert.ThrowsAsync<ProduceException>(() => third);
        Assert.Contains("max.block.ms", late.Message, StringComparison.Ordinal);
        next.Written(1);
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task A_record_of_a_topic_that_is_not_there_waits_until_it_is_made()
    {
        _cluster.Partitions = 0;
        await using Producer<None, long> producer = Producer(Options);
        Task<RecordMetadata> sending = SendAsync(producer, 1);
        using CancellationTokenSource cancellation = new();
        Task<RecordMetadata> cancelled = producer.SendAsync(ScriptedCluster.Topic, default, 2, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        _cluster.Partitions = 1;
        Asked<ProduceRequest> asked = await _cluster.NextInTimeAsync<ProduceRequest>();
        Assert.Equal([1], asked.Numbers());
        asked.Written(0);
        await sending;
    }

    [Fact]
    public async Task Closing_waits_for_answers_and_fails_what_gets_none_in_time()
    {
        Producer<None, long> producer = Producer(Options with { CloseTimeout = TimeSpan.FromSeconds(5), MaxInFlight = 1 });
        Task<RecordMetadata> first = SendAsync(producer, 1);
        Asked<ProduceRequest> asked = await _cluster.NextAsync<ProduceRequest>();
        Task<RecordMetadata> second = SendAsync(producer, 2);

        Task closing = producer.DisposeAsync().AsTask();
        asked.Written(0);
        await first;
        Asked<ProduceRequest> last = await _cluster.NextAsync<ProduceRequest>();
        Assert.False(closing.IsCompleted);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => SendAsync(producer, 3));
        await _cluster.RunClockAsync(Task.WhenAny(closing, second, Task.Delay(TimeSpan.FromSeconds(6), _cluster.Time)));
        last.Break();
        await _cluster.RunClockAsync(closing);

        await Assert.ThrowsAsync<ProduceException>(() => second);
        await closing;
    }

    private async Task ToldAsync(Task<RecordMetadata> sending, long offset)
    {
        (await _cluster.NextInTimeAsync<ProduceRequest>()).Written(offset);
        await sending;
    }

    private Producer<None, long> Producer(ProducerOptions options) => new(options, null, null, _cluster);

    private static Task<RecordMetadata> SendAsync(Producer<None, long> producer, long number) =>
        producer.SendAsync(ScriptedCluster.Topic, default, number).AsTask();
}
