using Confluent.Kafka;

namespace PerfLog.Interop;

[Collection(SharedBrokerTests.Name)]
public sealed class ConfluentLargeMessageTests(SharedBroker broker)
{
    private const int BrokerLimitBytes = 1_048_588;

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Lz4)]
    public async Task A_record_just_below_the_limit_is_kept_whole(CompressionType codec)
    {
        string topic = SharedBroker.NewTopicName($"large-{codec}");
        await Clients.CreateTopicAsync(broker.Address, topic);
        string value = IncompressibleText(BrokerLimitBytes - 200);
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address, config =>
        {
            config.CompressionType = codec;
            config.MessageMaxBytes = 4 * BrokerLimitBytes;
        }))
        {
            await Clients.SendAsync(producer, topic, [value, "small"]);
        }

        Assert.Equal([value, "small"], Clients.ReadToEnd(broker.Address, topic).Select(static record => record.Message.Value));
    }

    [Fact]
    public async Task A_record_over_the_limit_is_refused_with_the_protocols_error()
    {
        string topic = SharedBroker.NewTopicName("too-large");
        await Clients.CreateTopicAsync(broker.Address, topic);
        using IProducer<string?, string> producer = Clients.Producer(
            broker.Address, static config => config.MessageMaxBytes = 4 * BrokerLimitBytes);

        ProduceException<string?, string> refused = await Assert.ThrowsAsync<ProduceException<string?, string>>(
            () => Clients.SendAsync(producer, topic, [IncompressibleText(BrokerLimitBytes + 1)]));

        Assert.Equal(Confluent.Kafka.ErrorCode.MsgSizeTooLarge, refused.Error.Code);
        await Clients.SendAsync(producer, topic, ["the connection still works"]);
        Assert.Single(Clients.ReadToEnd(broker.Address, topic));
    }

    [Fact]
    public async Task A_topics_own_limit_decides_over_the_brokers()
    {
        string topic = SharedBroker.NewTopicName("own-limit");
        await Clients.CreateTopicAsync(broker.Address, topic, configs: new() { ["max.message.bytes"] = "2000" });
        using IProducer<string?, string> producer = Clients.Producer(broker.Address);

        await Clients.SendAsync(producer, topic, [new string('x', 1500)]);
        ProduceException<string?, string> refused = await Assert.ThrowsAsync<ProduceException<string?, string>>(
            () => Clients.SendAsync(producer, topic, [new string('x', 2500)]));

        Assert.Equal(Confluent.Kafka.ErrorCode.MsgSizeTooLarge, refused.Error.Code);
    }

    [Fact]
    public async Task A_record_larger_than_a_consumers_fetch_size_still_reaches_it()
    {
        string topic = SharedBroker.NewTopicName("larger-than-fetch");
        await Clients.CreateTopicAsync(broker.Address, topic);
        string value = IncompressibleText(500_000);
        using (IProducer<string?, string> producer = Clients.Producer(broker.Address))
            await Clients.SendAsync(producer, topic, [value]);
        using IConsumer<string?, string> consumer = Clients.Consumer(broker.Address, static config =>
        {
            config.MaxPartitionFetchBytes = 1000;
            config.FetchMaxBytes = 2000;
            config.MessageMaxBytes = 1000;
        });
        consumer.Assign(new TopicPartitionOffset(topic, 0, 0));

        Assert.Equal(value, Clients.NextOrEnd(consumer)?.Message.Value);
    }

    private static string IncompressibleText(int length) =>
        new(new Random(length).GetItems("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_".AsSpan(), length));
}
