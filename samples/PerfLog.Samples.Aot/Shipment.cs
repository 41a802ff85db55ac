using System.Text.Json.Serialization;
using PerfLog.Records;

namespace PerfLog.Samples.Aot;

/// <summary>What goes where, and how.</summary>
[LogRecord]
public partial record Shipment([PartitionKey] string Customer, List<ShipmentItem> Items, Transport Way, decimal Weight);

/// <summary>How many of what.</summary>
[LogRecord]
public partial record struct ShipmentItem(string Article, int Count);

/// <summary>One way or another.</summary>
[LogRecord]
[Union(1, typeof(ByAir))]
[Union(2, typeof(ByRoad))]
public abstract partial record Transport;

/// <summary>On an aeroplane.</summary>
[LogRecord]
public partial record ByAir(string Flight) : Transport;

/// <summary>On a lorry.</summary>
[LogRecord]
public partial record ByRoad(string Plate) : Transport;

/// <summary>A value that goes as JSON.</summary>
public sealed record Label(string Text);

/// <summary>JSON without reflection.</summary>
[JsonSerializable(typeof(Label))]
internal sealed partial class LabelJson : JsonSerializerContext;
