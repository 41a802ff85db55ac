using System.Text;
using Confluent.Kafka;

namespace PerfLog.Interop;

[Collection(SharedBrokerTests.Name)]
public sealed class ConfluentProduceTests(SharedBroker broker)
{
    public static TheoryData<CompressionType, Acks> CodecsAndAcks()
    {
        var combinations = new TheoryData<CompressionType, Acks>();
        foreach (CompressionType codec in Enum.GetValues<CompressionType>())
        foreach (Acks acks in Enum.GetValues<Acks>())
            combinations.Add(codec, acks);
        return combinations;
    }

    [Theory]
    [MemberData(nameof(CodecsAndAcks))]
    public async Task What_is_sent_is_read_back_with_each_codec_and_acks(CompressionType codec, Acks acks)
    {
        string topic = SharedBroker.NewTopicName($"codec-{codec}-{acks}");
        await Clients.CreateTopicAsync(broker.Address, topic);
        string[] values = [.. Enumerable.Range(0, 500).Select(number => $"record {number} {new string('x', number)}")];

        using (IProducer<string?, string> producer = Clients.Producer(broker.Address, config =>
        {
            config.CompressionType = codec;
            config.Acks = acks;
        }))
        {
            await Clients.SendAsync(producer, topic, values);
        }

        // With acks=0 a report says only that the record left the client.
        if (acks == Acks.None) await Limits.UntilAsync("all records arrived", () => EndOf(topic) == values.Length);
        List<ConsumeResult<string?, string>> read = Clients.ReadToEnd(broker.Address, topic);
        Assert.Equal(values, read.Select(static record => record.Message.Value));
        Assert.Equal(Enumerable.Range(0, 500).Select(static offset => (long)offset), read.Select(record => record.Offset.Value));
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Compressed_batches_stay_compressed_on_disk(CompressionType codec)
    {
        string topic = SharedBroker.NewTopicName($"on-disk-{codec}");
        await Clients.CreateTopicAsync(broker.Address, topic);
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address, config => config.CompressionType = codec))
            await Clients.SendAsync(producer, topic, Enumerable.Repeat(new string('x', 10_000), 50));

        long bytes = new FileInfo(Path.Combine(broker.DataFolder, $"{topic}-0", new string('0', 20) + ".log")).Length;

        Assert.InRange(bytes, 61, 100_000);
    }

    [Fact]
    public async Task Equal_keys_go_to_one_partition_and_keep_their_order()
    {
        string topic = SharedBroker.NewTopicName("keyed");
        await Clients.CreateTopicAsync(broker.Address, topic, partitions: 6);
        using (IProducer<string?, string> producer = Clients.Producer(
            broker.Address, static config => config.Partitioner = Partitioner.Murmur2Random))
        {
            for (int number = 0; number < 300; number++)
                producer.Produce(topic, new() { Key = $"key-{number % 20}", Value = number.ToString() });
            Assert.Equal(0, producer.Flush(Limits.Operation));
        }

        var read = Enumerable.Range(0, 6).SelectMany(partition => Clients.ReadToEnd(broker.Address, topic, partition)).ToList();

        Assert.Equal(300, read.Count);
        foreach (var ofKey in read.GroupBy(static record => record.Message.Key))
        {
            Assert.Single(ofKey.Select(static record => record.Partition).Distinct());
            int[] numbers = [.. ofKey.Select(static record => int.Parse(record.Message.Value))];
            Assert.Equal(numbers.Order(), numbers);
            Assert.Equal(15, numbers.Length);
        }
    }

    [Fact]
    public async Task Records_without_a_key_have_none_when_read()
    {
        string topic = SharedBroker.NewTopicName("unkeyed");
        await Clients.CreateTopicAsync(broker.Address, topic);
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address))
            await Clients.SendAsync(producer, topic, ["a", "b"]);

        Assert.All(Clients.ReadToEnd(broker.Address, topic), static record => Assert.Null(record.Message.Key));
    }

    [Fact]
    public async Task Headers_and_the_producers_time_travel_with_the_record()
    {
        string topic = SharedBroker.NewTopicName("headers");
        await Clients.CreateTopicAsync(broker.Address, topic, configs: Clients.KeptForever);
        var time = new Timestamp(1_700_000_000_123, TimestampType.CreateTime);
        var headers = new Headers { { "plain", "one"u8.ToArray() }, { "plain", "two"u8.ToArray() }, { "empty", [] }, { "none", null } };
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address))
        {
            await Limits.WithinAsync("one record delivered", producer.ProduceAsync(
                topic, new() { Key = "schlüssel", Value = "wert ✓", Headers = headers, Timestamp = time }));
        }

        Message<string?, string> read = Assert.Single(Clients.ReadToEnd(broker.Address, topic)).Message;

        Assert.Equal(("schlüssel", "wert ✓", time), (read.Key, read.Value, read.Timestamp));
        Assert.Equal(["plain=one", "plain=two", "empty=", "none=null"], read.Headers.Select(static header =>
            $"{header.Key}={(header.GetValueBytes() is { } bytes ? Encoding.UTF8.GetString(bytes) : "null")}"));
    }

    [Fact]
    public async Task A_topic_can_carry_the_brokers_time_instead_of_the_producers()
    {
        string topic = SharedBroker.NewTopicName("append-time");
        await Clients.CreateTopicAsync(
            broker.Address, topic, configs: new() { ["message.timestamp.type"] = "LogAppendTime" });
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address))
        {
            await Limits.WithinAsync("one record delivered", producer.ProduceAsync(
                topic, new() { Value = "x", Timestamp = new Timestamp(1000, TimestampType.CreateTime) }));
        }

        Timestamp read = Assert.Single(Clients.ReadToEnd(broker.Address, topic)).Message.Timestamp;

        Assert.Equal(TimestampType.LogAppendTime, read.Type);
        Assert.InRange(read.UtcDateTime, DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow.AddMinutes(5));
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_is_created_by_its_first_record()
    {
        string topic = SharedBroker.NewTopicName("auto-created");
        using IProducer<string?, string> producer = Clients.Producer(broker.Address);

        await Clients.SendAsync(producer, topic, ["first"]);

        Assert.Equal("first", Assert.Single(Clients.ReadToEnd(broker.Address, topic)).Message.Value);
    }

    private long EndOf(string topic)
    {
        using IConsumer<string?, string> consumer = Clients.Consumer(broker.Address);
        return consumer.QueryWatermarkOffsets(new(topic, 0), Limits.Operation).High.Value;
    }
}
