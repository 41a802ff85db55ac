using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Client;

/// <summary>A producer's options by Kafka's names.</summary>
internal static class ProducerProperties
{
    private static readonly Dictionary<string, Acks> AcksByName = new()
    {
        ["all"] = Acks.All, ["-1"] = Acks.All, ["0"] = Acks.None, ["1"] = Acks.Leader,
    };

    private static readonly Dictionary<string, CompressionCodec> CodecsByName = new()
    {
        ["none"] = CompressionCodec.None, ["gzip"] = CompressionCodec.Gzip, ["snappy"] = CompressionCodec.Snappy,
        ["lz4"] = CompressionCodec.Lz4, ["zstd"] = CompressionCodec.Zstd,
    };

    private static readonly Dictionary<string, PartitionerFactory> PartitionersByName = new()
    {
        ["default"] = Partitioners.Default,
        ["uniform-sticky"] = Partitioners.UniformSticky,
        ["round-robin"] = Partitioners.RoundRobin,
        ["org.apache.kafka.clients.producer.internals.DefaultPartitioner"] = Partitioners.Default,
        ["org.apache.kafka.clients.producer.UniformStickyPartitioner"] = Partitioners.UniformSticky,
        ["org.apache.kafka.clients.producer.RoundRobinPartitioner"] = Partitioners.RoundRobin,
    };

    public static readonly OptionTable<ProducerOptions> Table = new OptionTable<ProducerOptions>()
        .Text("bootstrap.servers", static (options, value) => options with { BootstrapServers = value })
        .Text("client.id", static (options, value) => options with { ClientId = value })
        .Choice("acks", AcksByName, static (options, value) => options with { Acks = value })
        .Bytes("buffer.memory", static (options, value) => options with { BufferMemory = value })
        .Number("retries", static (options, value) => options with { Retries = value })
        .Number("batch.size", static (options, value) => options with { BatchSize = value })
        .Milliseconds("linger.ms", static (options, value) => options with { Linger = value })
        .Choice("compression.type", CodecsByName, static (options, value) => options with { Compression = value })
        .Switch("enable.idempotence", static (options, value) => options with { EnableIdempotence = value })
        .Number("max.in.flight.requests.per.connection", static (options, value) => options with { MaxInFlight = value })
        .Milliseconds("delivery.timeout.ms", static (options, value) => options with { DeliveryTimeout = value })
        .Milliseconds("request.timeout.ms", static (options, value) => options with { RequestTimeout = value })
        .Milliseconds("max.block.ms", static (options, value) => options with { MaxBlock = value })
        .Number("max.request.size", static (options, value) => options with { MaxRequestSize = value })
        .Milliseconds("retry.backoff.ms", static (options, value) => options with { RetryBackoff = value })
        .Milliseconds("metadata.max.age.ms", static (options, value) => options with { MetadataMaxAge = value })
        .Choice("partitioner.class", PartitionersByName, static (options, value) => options with { Partitioner = value })
        .Security(static (options, change) => options with { Security = change(options.Security) });

    /// <summary>A choice as Kafka spells it.</summary>
    public static string NameOf(Acks acks) => AcksByName.FirstOrDefault(entry => entry.Value == acks).Key ?? $"{(short)acks}";
}
