using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Configuration;

public sealed class ClientOptionsTests
{
    [Fact]
    public void The_defaults_are_the_specifications()
    {
        ProducerOptions producer = ProducerOptions.FromProperties([new("bootstrap.servers", "a:1")]);
        ConsumerOptions consumer = ConsumerOptions.FromProperties([new("bootstrap.servers", "a:1")]);

        Assert.Equal((Acks.Leader, 33_554_432L, int.MaxValue, 16_384), (producer.Acks, producer.BufferMemory, producer.Retries, producer.BatchSize));
        Assert.Equal((0d, 120_000d, 30_000d, 60_000d), (producer.Linger.TotalMilliseconds, producer.DeliveryTimeout.TotalMilliseconds, producer.RequestTimeout.TotalMilliseconds, producer.MaxBlock.TotalMilliseconds));
        Assert.Equal((false, 5, 1_048_576, CompressionCodec.None), (producer.EnableIdempotence, producer.MaxInFlight, producer.MaxRequestSize, producer.Compression));
        Assert.Equal((OffsetReset.Latest, 500, 10_000d, 3_000d), (consumer.AutoOffsetReset, consumer.MaxPollRecords, consumer.SessionTimeout.TotalMilliseconds, consumer.HeartbeatInterval.TotalMilliseconds));
        Assert.Equal((300_000d, 1, 500d, 1_048_576), (consumer.MaxPollInterval.TotalMilliseconds, consumer.FetchMinBytes, consumer.FetchMaxWait.TotalMilliseconds, consumer.MaxPartitionFetchBytes));
        Assert.Equal((true, 5_000d, IsolationLevel.ReadUncommitted), (consumer.EnableAutoCommit, consumer.AutoCommitInterval.TotalMilliseconds, consumer.IsolationLevel));
    }

    [Fact]
    public void Values_are_read()
    {
        ProducerOptions options = ProducerOptions.FromProperties(
            [new("bootstrap.servers", "a:1,b:2"), new("acks", "all"), new("enable.idempotence", "true"), new("compression.type", "lz4"), new("linger.ms", "7")]);

        Assert.Equal((Acks.All, true, CompressionCodec.Lz4, 7d), (options.Acks, options.EnableIdempotence, options.Compression, options.Linger.TotalMilliseconds));
    }

    [Theory]
    [InlineData("acsk", "1", "acks")]
    [InlineData("linger", "1", "linger.ms")]
    [InlineData("compresion.type", "gzip", "compression.type")]
    public void An_unknown_option_is_told_with_the_nearest_one(string name, string value, string nearest)
    {
        ClientConfigurationException refused = Assert.Throws<ClientConfigurationException>(
            () => ProducerOptions.FromProperties([new("bootstrap.servers", "a:1"), new(name, value)]));

        Assert.Equal(name, refused.Option);
        Assert.EndsWith($"nearest one is {nearest}.", refused.Message);
    }

    [Theory]
    [InlineData("acks", "2")]
    [InlineData("linger.ms", "-1")]
    [InlineData("batch.size", "many")]
    [InlineData("enable.idempotence", "perhaps")]
    [InlineData("max.in.flight.requests.per.connection", "0")]
    [InlineData("delivery.timeout.ms", "1")]
    public void A_bad_value_is_told_with_its_option(string name, string value) => Assert.Equal(
        name,
        Assert.Throws<ClientConfigurationException>(() => ProducerOptions.FromProperties([new("bootstrap.servers", "a:1"), new(name, value)])).Option);

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        Assert.Throws<ClientConfigurationException>(() => ProducerOptions.FromProperties([new("bootstrap.servers", "a:1"), new("enable.idempotence", "true")]));
        Assert.Throws<ClientConfigurationException>(() => ConsumerOptions.FromProperties([new("bootstrap.servers", "a:1"), new("heartbeat.interval.ms", "10000")]));
        Assert.Throws<ClientConfigurationException>(() => ConsumerOptions.FromProperties([new("bootstrap.servers", "a:1"), new("group.instance.id", "me")]));
        Assert.Throws<ClientConfigurationException>(() => ConsumerOptions.FromProperties([]));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public void Acks_that_contradict_idempotence_are_told_in_kafkas_spelling(string acks)
    {
        ClientConfigurationException refused = Assert.Throws<ClientConfigurationException>(
            () => ProducerOptions.FromProperties([new("bootstrap.servers", "a:1"), new("enable.idempotence", "true"), new("acks", acks)]));

        Assert.Equal($"acks={acks} is not allowed: it must be all when enable.idempotence=true.", refused.Message);
    }

    [Theory]
    [InlineData("session.timeout.ms", "10000")]
    [InlineData("heartbeat.interval.ms", "3000")]
    [InlineData("partition.assignment.strategy", "range")]
    public void What_the_coordinator_decides_is_not_set_with_the_newer_group_protocol(string name, string value)
    {
        KeyValuePair<string, string>[] properties = [new("bootstrap.servers", "a:1"), new("group.id", "g"), new("group.protocol", "CONSUMER")];

        Assert.Equal(GroupProtocol.Consumer, ConsumerOptions.FromProperties(properties).GroupProtocol);
        ClientConfigurationException refused = Assert.Throws<ClientConfigurationException>(
            () => ConsumerOptions.FromProperties([.. properties, new(name, value)]));
        Assert.Equal(name, refused.Option);
        Assert.Contains("group.protocol=consumer", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_assignor_of_the_coordinator_is_for_the_newer_group_protocol()
    {
        KeyValuePair<string, string>[] properties = [new("bootstrap.servers", "a:1"), new("group.id", "g"), new("group.remote.assignor", "range")];

        Assert.Equal("group.remote.assignor", Assert.Throws<ClientConfigurationException>(() => ConsumerOptions.FromProperties(properties)).Option);
        Assert.Equal("range", ConsumerOptions.FromProperties([.. properties, new("group.protocol", "consumer")]).GroupRemoteAssignor);
    }
}
