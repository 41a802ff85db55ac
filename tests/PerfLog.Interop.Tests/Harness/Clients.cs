using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace PerfLog.Interop;

/// <summary>Confluent.Kafka's clients with time limits that suit tests, and the few steps that most tests repeat.</summary>
internal static class Clients
{
    /// <summary>For records with times of long ago, which retention would otherwise delete.</summary>
    public static Dictionary<string, string> KeptForever => new() { ["retention.ms"] = "-1" };

    public static IProducer<string?, string> Producer(string address, Action<ProducerConfig>? configure = null)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = address,
            Acks = Acks.All,
            MessageTimeoutMs = (int)Limits.Operation.TotalMilliseconds,
            SocketTimeoutMs = 10_000,
            LingerMs = 5,
        };
        configure?.Invoke(config);
        return new ProducerBuilder<string?, string>(config).SetKeySerializer(Serializers.Utf8!).Build();
    }

    /// <summary>A consumer that is assigned by hand. It still needs a group's name, which it never uses.</summary>
    public static IConsumer<string?, string> Consumer(string address, Action<ConsumerConfig>? configure = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = address,
            GroupId = "assigned-by-hand",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            AutoOffsetReset = AutoOffsetReset.Error,
        };
        configure?.Invoke(config);
        return new ConsumerBuilder<string?, string>(config).SetKeyDeserializer(new NullableUtf8()).Build();
    }

    public static IAdminClient Admin(string address) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = address }).Build();

    public static async Task CreateTopicAsync(
        string address, string topic, int partitions = 1, Dictionary<string, string>? configs = null)
    {
        using IAdminClient admin = Admin(address);
        var specification = new TopicSpecification
        {
            Name = topic, NumPartitions = partitions, ReplicationFactor = 1, Configs = configs,
        };
        await Limits.WithinAsync($"create topic {topic}", Done(admin.CreateTopicsAsync([specification])));
    }

    /// <summary>Sends the values to partition 0 in order and returns each one's report.</summary>
    public static async Task<DeliveryResult<string?, string>[]> SendAsync(
        IProducer<string?, string> producer, string topic, IEnumerable<string> values)
    {
        var partition = new Confluent.Kafka.TopicPartition(topic, 0);
        Task<DeliveryResult<string?, string>>[] sends =
            [.. values.Select(value => producer.ProduceAsync(partition, new() { Value = value }))];
        return await Limits.WithinAsync($"{sends.Length} records reported as delivered to {topic}", Task.WhenAll(sends));
    }

    /// <summary>Reads the partition from an offset until its end.</summary>
    public static List<ConsumeResult<string?, string>> ReadToEnd(
        string address, string topic, int partition = 0, Confluent.Kafka.Offset? from = null)
    {
        using IConsumer<string?, string> consumer = Consumer(address);
        consumer.Assign(new TopicPartitionOffset(topic, partition, from ?? Confluent.Kafka.Offset.Beginning));
        List<ConsumeResult<string?, string>> records = [];
        while (NextOrEnd(consumer) is { } record) records.Add(record);
        consumer.Close();
        return records;
    }

    /// <summary>The next record; null at the end of the partition; a failed test when neither comes.</summary>
    public static ConsumeResult<string?, string>? NextOrEnd(IConsumer<string?, string> consumer)
    {
        ConsumeResult<string?, string>? result = consumer.Consume(Limits.Operation);
        if (result is null)
            Assert.Fail($"Neither a record nor the end of {string.Join(", ", consumer.Assignment)} came in time.");
        return result.IsPartitionEOF ? null : result;
    }

    public static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private sealed class NullableUtf8 : IDeserializer<string?>
    {
        public string? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) =>
            isNull ? null : System.Text.Encoding.UTF8.GetString(data);
    }
}
