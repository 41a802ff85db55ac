using Confluent.Kafka;

namespace PerfLog.Interop;

[Collection(SharedBrokerTests.Name)]
public sealed class ConfluentConsumeTests(SharedBroker broker)
{
    private const long FirstTime = 1_600_000_000_000;

    [Theory]
    [InlineData(0, 100)]
    [InlineData(37, 63)]
    [InlineData(99, 1)]
    [InlineData(100, 0)]
    public async Task Reading_starts_at_the_assigned_offset(int from, int expected)
    {
        string topic = await TopicWithRecordsAsync("from-offset", 100);

        List<ConsumeResult<string?, string>> read = Clients.ReadToEnd(broker.Address, topic, from: from);

        Assert.Equal(Enumerable.Range(from, expected).Select(static number => $"{number}"), read.Select(record => record.Message.Value));
    }

    [Fact]
    public async Task The_first_offset_at_or_after_a_time_is_found()
    {
        string topic = await TopicWithRecordsAsync("by-time", 100);
        using IConsumer<string?, string> consumer = Clients.Consumer(broker.Address);

        Assert.Equal(0, OffsetAt(consumer, topic, FirstTime - 1));
        Assert.Equal(0, OffsetAt(consumer, topic, FirstTime));
        Assert.Equal(50, OffsetAt(consumer, topic, FirstTime + 50_000));
        Assert.Equal(51, OffsetAt(consumer, topic, FirstTime + 50_001));
        Assert.Equal(Confluent.Kafka.Offset.End.Value, OffsetAt(consumer, topic, FirstTime + 1_000_000));
    }

    [Fact]
    public async Task Watermarks_tell_the_first_and_the_next_offset()
    {
        string topic = await TopicWithRecordsAsync("watermarks", 10);
        using IConsumer<string?, string> consumer = Clients.Consumer(broker.Address);

        WatermarkOffsets watermarks = consumer.QueryWatermarkOffsets(new(topic, 0), Limits.Operation);

        Assert.Equal((0, 10), (watermarks.Low.Value, watermarks.High.Value));
    }

    [Fact]
    public async Task An_offset_outside_the_log_is_an_error_or_reset_as_the_client_chose()
    {
        string topic = await TopicWithRecordsAsync("out-of-range", 10);
        using IConsumer<string?, string> strict = Clients.Consumer(broker.Address);
        using IConsumer<string?, string> lenient = Clients.Consumer(
            broker.Address, static config => config.AutoOffsetReset = AutoOffsetReset.Earliest);
        strict.Assign(new TopicPartitionOffset(topic, 0, 1000));
        lenient.Assign(new TopicPartitionOffset(topic, 0, 1000));

        ConsumeException error = Assert.Throws<ConsumeException>(() => strict.Consume(Limits.Operation));

        Assert.Equal(Confluent.Kafka.ErrorCode.Local_AutoOffsetReset, error.Error.Code);
        Assert.Equal("0", Clients.NextOrEnd(lenient)?.Message.Value);
    }

    [Fact]
    public async Task A_reader_at_the_end_gets_what_is_written_while_it_waits()
    {
        string topic = await TopicWithRecordsAsync("tail", 5);
        using IConsumer<string?, string> consumer = Clients.Consumer(broker.Address);
        consumer.Assign(new TopicPartitionOffset(topic, 0, Confluent.Kafka.Offset.End));
        Assert.Null(Clients.NextOrEnd(consumer));
        using IProducer<string?, string> producer = Clients.Producer(broker.Address);

        for (int round = 0; round < 20; round++)
        {
            await Clients.SendAsync(producer, topic, [$"new {round}"]);
            ConsumeResult<string?, string>? next;
            do next = Clients.NextOrEnd(consumer);
            while (next is null);
            Assert.Equal($"new {round}", next.Message.Value);
        }
    }

    [Fact]
    public async Task Seek_goes_back_and_forward()
    {
        string topic = await TopicWithRecordsAsync("seek", 100);
        using IConsumer<string?, string> consumer = Clients.Consumer(broker.Address);
        consumer.Assign(new TopicPartitionOffset(topic, 0, 0));
        foreach (int target in new[] { 0, 90, 10, 99, 1 })
        {
            if (target > 0) consumer.Seek(new(topic, 0, target));
            Assert.Equal($"{target}", Clients.NextOrEnd(consumer)?.Message.Value);
        }
    }

    [Fact]
    public async Task Many_partitions_are_read_by_one_consumer()
    {
        const int Partitions = 24;
        string topic = SharedBroker.NewTopicName("many-partitions");
        await Clients.CreateTopicAsync(broker.Address, topic, Partitions);
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address))
        {
            for (int number = 0; number < 50 * Partitions; number++)
                producer.Produce(new Confluent.Kafka.TopicPartition(topic, number % Partitions), new() { Value = $"{number}" });
            Assert.Equal(0, producer.Flush(Limits.Operation));
        }

        using IConsumer<string?, string> consumer = Clients.Consumer(broker.Address);
        consumer.Assign(Enumerable.Range(0, Partitions).Select(number => new TopicPartitionOffset(topic, number, 0)));
        List<int> numbers = [];
        for (int ended = 0; ended < Partitions;)
        {
            if (Clients.NextOrEnd(consumer) is { } record) numbers.Add(int.Parse(record.Message.Value));
            else ended++;
        }

        Assert.Equal(Enumerable.Range(0, 50 * Partitions), numbers.Order());
    }

    private async Task<string> TopicWithRecordsAsync(string stem, int records)
    {
        string topic = SharedBroker.NewTopicName(stem);
        await Clients.CreateTopicAsync(broker.Address, topic, configs: Clients.KeptForever);
        using IProducer<string?, string> producer = Clients.Producer(broker.Address);
        for (int number = 0; number < records; number++)
        {
            producer.Produce(new Confluent.Kafka.TopicPartition(topic, 0), new()
            {
                Value = $"{number}", Timestamp = new Timestamp(FirstTime + (number * 1000), TimestampType.CreateTime),
            });
            // Several batches, so that an offset lies in the middle of the log and in the middle of a batch.
            if (number % 30 == 29) Assert.Equal(0, producer.Flush(Limits.Operation));
        }

        Assert.Equal(0, producer.Flush(Limits.Operation));
        return topic;
    }

    private static long OffsetAt(IConsumer<string?, string> consumer, string topic, long time) =>
        consumer.OffsetsForTimes(
            [new TopicPartitionTimestamp(topic, 0, new Timestamp(time, TimestampType.CreateTime))], Limits.Operation)
            .Single().Offset.Value;
}
