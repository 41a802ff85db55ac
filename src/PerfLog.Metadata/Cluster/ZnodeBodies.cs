using System.Text.Json.Serialization;

namespace PerfLog.Metadata;

/// <summary>The body of <c>/cluster/id</c>.</summary>
internal sealed record ClusterIdBody(string Id, string Version = "1");

/// <summary>The body of <c>/brokers/ids/N</c>.</summary>
internal sealed record BrokerBody(
    Dictionary<string, string> ListenerSecurityProtocolMap,
    string[] Endpoints,
    string? Timestamp = null,
    string? Rack = null,
    string? Host = null,
    int Port = -1,
    Dictionary<string, string>? Features = null,
    int JmxPort = -1,
    int Version = 5);

/// <summary>The body of <c>/brokers/topics/T</c>. The keys are partition numbers.</summary>
internal sealed record TopicBody(
    Dictionary<string, int[]> Partitions,
    string? TopicId = null,
    Dictionary<string, int[]>? AddingReplicas = null,
    Dictionary<string, int[]>? RemovingReplicas = null,
    int Version = 3);

/// <summary>The body of <c>/brokers/topics/T/partitions/P/state</c>.</summary>
internal sealed record PartitionStateBody(int ControllerEpoch, int Leader, int LeaderEpoch, int[] Isr, int Version = 1);

/// <summary>The body of <c>/config/topics/T</c> and <c>/config/brokers/N</c>.</summary>
internal sealed record ConfigBody(Dictionary<string, string> Config, int Version = 1);

/// <summary>The body of <c>/controller</c>.</summary>
internal sealed record ControllerBody([property: JsonPropertyName("brokerid")] int BrokerId, string? Timestamp = null, int Version = 1);

/// <summary>The body of <c>/latest_producer_id_block</c>. Both ends belong to the block.</summary>
internal sealed record ProducerIdBlockBody(int Broker, string BlockStart, string BlockEnd, int Version = 1);

/// <summary>Reads and writes the bodies without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ClusterIdBody))]
[JsonSerializable(typeof(BrokerBody))]
[JsonSerializable(typeof(TopicBody))]
[JsonSerializable(typeof(PartitionStateBody))]
[JsonSerializable(typeof(ConfigBody))]
[JsonSerializable(typeof(ControllerBody))]
[JsonSerializable(typeof(ProducerIdBlockBody))]
internal sealed partial class ZnodeBodies : JsonSerializerContext;
