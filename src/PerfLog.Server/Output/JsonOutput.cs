using System.Buffers;
using System.Text;
using System.Text.Json;
using PerfLog.Client.Admin;

namespace PerfLog.Server.Output;

/// <summary>What programs read: one JSON value on one line, written field by field so that no reflection is needed.</summary>
internal static class JsonOutput
{
    public static void WriteNames(TextWriter output, IReadOnlyList<string> names) => Write(output, json =>
    {
        json.WriteStartArray();
        foreach (string name in names) json.WriteStringValue(name);
        json.WriteEndArray();
    });

    public static void WriteTopics(TextWriter output, IReadOnlyList<DescribedTopic> topics) => Write(output, json =>
    {
        json.WriteStartArray();
        foreach (DescribedTopic topic in topics) WriteTopic(json, topic);
        json.WriteEndArray();
    });

    private static void WriteTopic(Utf8JsonWriter json, DescribedTopic described)
    {
        json.WriteStartObject();
        json.WriteString("name", described.Topic.Name);
        json.WriteString("id", described.Topic.Id.ToString());
        json.WriteBoolean("internal", described.Topic.IsInternal);
        json.WriteStartObject("configs");
        foreach (ConfigEntry config in described.OwnConfigs) json.WriteString(config.Name, config.Value);
        json.WriteEndObject();
        json.WriteStartArray("partitions");
        foreach (PartitionDescription partition in described.Topic.Partitions) WritePartition(json, partition);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePartition(Utf8JsonWriter json, PartitionDescription partition)
    {
        json.WriteStartObject();
        json.WriteNumber("partition", partition.Partition);
        json.WriteNumber("leader", partition.Leader.Value);
        WriteBrokers(json, "replicas", partition.Replicas);
        WriteBrokers(json, "isr", partition.InSyncReplicas);
        json.WriteEndObject();
    }

    private static void WriteBrokers(Utf8JsonWriter json, string name, IReadOnlyList<BrokerId> brokers)
    {
        json.WriteStartArray(name);
        foreach (BrokerId broker in brokers) json.WriteNumberValue(broker.Value);
        json.WriteEndArray();
    }

    public static void Write(TextWriter output, Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) write(json);
        output.WriteLine(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }
}
