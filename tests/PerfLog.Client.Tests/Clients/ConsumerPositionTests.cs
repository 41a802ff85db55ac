using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Clients;

/// <summary>Where a consumer stands in its partitions, where it can go, and what it holds back, against a whole broker in this process.</summary>
public sealed class ConsumerPositionTests : IAsyncLifetime
{
    private const int Records = 10;
    private const int TimeStepMs = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TopicPartition First = new("orders", 0);
    private static readonly TopicPartition Second = new("orders", 1);
    private static readonly TopicPartition Empty = new("orders", 2);

    private readonly TimestampMs _start = new(TimestampMs.Now(TimeProvider.System).Value - 60_000);

    private EmbeddedBroker _broker = null!;

    public async Task InitializeAsync()
    {
        _broker = await EmbeddedBroker.StartAsync();
        await using AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = _broker.BootstrapServers });
        await admin.CreateTopicAsync(new NewTopic("orders", 3));
        await using Producer<None, int> producer = new(ProducerOptions.Classic(_broker.BootstrapServers));
        foreach (TopicPartition partition in (TopicPartition[])[First, Second])
        {
            for (int number = 0; number < Records; number++)
            {
                await producer.Send(new ProducerRecord<None, int>("orders", default, number)
                {
                    Partition = partition.Partition, Timestamp = _start + (number * TimeStepMs),
                });
            }
        }

        await producer.FlushAsync();
    }

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Fact]
    public async Task Each_partition_begins_and_ends_where_its_records_do()
    {
        await using Consumer<None, int> consumer = Consumer();

        IReadOnlyDictionary<TopicPartition, Offset> beginnings = await consumer.BeginningOffsetsAsync([First, Empty]);
        IReadOnlyDictionary<TopicPartition, Offset> ends = await consumer.EndOffsetsAsync([First, Empty]);

        Assert.Equal((Offset.Zero, Offset.Zero), (beginnings[First], beginnings[Empty]));
        Assert.Equal((new Offset(Records), Offset.Zero), (ends[First], ends[Empty]));
    }

    [Fact]
    public async Task A_time_leads_to_the_first_record_from_then_on_and_past_the_last_to_none()
    {
        await using Consumer<None, int> consumer = Consumer();

        IReadOnlyDictionary<TopicPartition, FoundOffset> found = await consumer.OffsetsForTimesAsync(new Dictionary<TopicPartition, TimestampMs>
        {
            [First] = _start + ((3 * TimeStepMs) - 1), [Second] = _start + (Records * TimeStepMs), [Empty] = _start,
        });

        Assert.Equal((First, new Offset(3), _start + (3 * TimeStepMs)), Assert.Single(found.Select(static one => (one.Key, one.Value.Offset, one.Value.Timestamp))));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => consumer.OffsetsForTimesAsync(new Dictionary<TopicPartition, TimestampMs> { [First] = new(-5) }));
    }

    [Fact]
    public async Task Position_and_lag_follow_what_was_polled_and_each_seek()
    {
        await using Consumer<None, int> consumer = Consumer();
        consumer.Assign(First);
        Assert.Null(consumer.Lag(First));

        consumer.Seek(First, new Offset(7));
        Assert.Equal(new[] { 7, 8, 9 }, await ReadAsync(consumer, count: 3));
        Assert.Equal((new Offset(10), 0), (await consumer.PositionAsync(First), consumer.Lag(First)));

        consumer.SeekToBeginning(First);
        Assert.Equal(Offset.Zero, await consumer.PositionAsync(First));
        Assert.Equal(Enumerable.Range(0, Records), await ReadAsync(consumer, Records));

        consumer.Seek(First, new Offset(4));
        Assert.Equal((new Offset(4), 6), (await consumer.PositionAsync(First), consumer.Lag(First)));

        consumer.SeekToEnd(First);
        Assert.Equal(new Offset(Records), await consumer.PositionAsync(First));
    }

    [Fact]
    public async Task A_partition_that_is_paused_gives_nothing_until_it_is_resumed_and_keeps_its_position()
    {
        await using Consumer<None, int> consumer = Consumer();
        consumer.Assign(First, Second);
        consumer.Pause(First);
        consumer.Seek(First, new Offset(8));

        Assert.Equal(First, Assert.Single(consumer.Paused));
        Assert.Equal(Enumerable.Range(0, Records), await ReadAsync(consumer, Records));
        Assert.Equal((new Offset(8), new Offset(Records)), (await consumer.PositionAsync(First), await consumer.PositionAsync(Second)));

        consumer.Resume(First);
        Assert.Empty(consumer.Paused);
        Assert.Equal(new[] { 8, 9 }, await ReadAsync(consumer, count: 2));
    }

    private Consumer<None, int> Consumer() =>
        new(new ConsumerOptions { BootstrapServers = _broker.BootstrapServers, AutoOffsetReset = OffsetReset.Earliest });

    /// <summary>Polls until so many records came; there must not be more.</summary>
    private static async Task<int[]> ReadAsync(Consumer<None, int> consumer, int count)
    {
        using CancellationTokenSource deadline = new(Patience);
        List<int> numbers = [];
        while (numbers.Count < count)
        {
            using ConsumedBatch<None, int> batch = await consumer.PollAsync(Patience, deadline.Token);
            foreach (ConsumedRecord<None, int> record in batch) numbers.Add(record.Value);
        }

        return [.. numbers];
    }
}
