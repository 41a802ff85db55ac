using System.Text.Json.Serialization;
using MemoryPack;
using MessagePack;
using PerfLog.Records;

namespace PerfLog.Benchmarks.Serdes;

/// <summary>What is traded which way.</summary>
public enum OrderSide
{
    Buy,
    Sell,
}

/// <summary>The small shape: numbers and one short text.</summary>
[LogRecord, MemoryPackable, MessagePackObject]
public sealed partial class SmallOrder
{
    [Field(1), Key(0)] public long Id { get; set; }
    [Field(2), Key(1)] public int CustomerId { get; set; }
    [Field(3), Key(2)] public int Quantity { get; set; }
    [Field(4), Key(3)] public double Price { get; set; }
    [Field(5), Key(4)] public long PlacedAtMs { get; set; }
    [Field(6), Key(5)] public OrderSide Side { get; set; }
    [Field(7), Key(6)] public string Symbol { get; set; } = "";
}

/// <summary>The wide shape: many texts.</summary>
[LogRecord, MemoryPackable, MessagePackObject]
public sealed partial class WideProfile
{
    [Field(1), Key(0)] public long Id { get; set; }
    [Field(2), Key(1)] public string FirstName { get; set; } = "";
    [Field(3), Key(2)] public string LastName { get; set; } = "";
    [Field(4), Key(3)] public string Email { get; set; } = "";
    [Field(5), Key(4)] public string Phone { get; set; } = "";
    [Field(6), Key(5)] public string Street { get; set; } = "";
    [Field(7), Key(6)] public string City { get; set; } = "";
    [Field(8), Key(7)] public string Country { get; set; } = "";
    [Field(9), Key(8)] public string Company { get; set; } = "";
    [Field(10), Key(9)] public string Title { get; set; } = "";
    [Field(11), Key(10)] public string Language { get; set; } = "";
    [Field(12), Key(11)] public string Notes { get; set; } = "";
    [Field(13), Key(12)] public int Logins { get; set; }
    [Field(14), Key(13)] public double Score { get; set; }
    [Field(15), Key(14)] public bool IsActive { get; set; }
}

/// <summary>The nested shape: records and lists in a record.</summary>
[LogRecord, MemoryPackable, MessagePackObject]
public sealed partial class NestedBasket
{
    [Field(1), Key(0)] public long Id { get; set; }
    [Field(2), Key(1)] public BasketAddress Address { get; set; } = new();
    [Field(3), Key(2)] public List<BasketLine> Lines { get; set; } = [];
    [Field(4), Key(3)] public int[] Tags { get; set; } = [];
    [Field(5), Key(4)] public List<string> Notes { get; set; } = [];
}

/// <summary>A record in the nested shape.</summary>
[LogRecord, MemoryPackable, MessagePackObject]
public sealed partial class BasketAddress
{
    [Field(1), Key(0)] public string Street { get; set; } = "";
    [Field(2), Key(1)] public string City { get; set; } = "";
    [Field(3), Key(2)] public int ZipCode { get; set; }
}

/// <summary>A line of the nested shape.</summary>
[LogRecord, MemoryPackable, MessagePackObject]
public sealed partial class BasketLine
{
    [Field(1), Key(0)] public string Sku { get; set; } = "";
    [Field(2), Key(1)] public int Quantity { get; set; }
    [Field(3), Key(2)] public double Price { get; set; }
}

/// <summary>The shapes as System.Text.Json's source generator has them.</summary>
[JsonSerializable(typeof(SmallOrder))]
[JsonSerializable(typeof(WideProfile))]
[JsonSerializable(typeof(NestedBasket))]
internal sealed partial class ShapesJson : JsonSerializerContext;
