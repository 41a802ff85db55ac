using System.Collections.Immutable;

namespace PerfLog.Records.Tests.LogRecords;

public enum Side : byte
{
    Buy = 1,
    Sell = 2,
}

/// <summary>Positional, with ids by order.</summary>
[LogRecord]
public partial record Trade([PartitionKey] string Symbol, long Id, decimal Price, Side Side, DateTimeOffset At);

/// <summary>A struct without parts.</summary>
[LogRecord]
public partial record struct Point(int X, int Y);

/// <summary>Every single type.</summary>
[LogRecord]
public partial class Singles
{
    [Field(1)] public sbyte Int8 { get; set; }
    [Field(2)] public byte UInt8 { get; set; }
    [Field(3)] public short Int16 { get; set; }
    [Field(4)] public ushort UInt16 { get; set; }
    [Field(5)] public int Int32 { get; set; }
    [Field(6)] public uint UInt32 { get; set; }
    [Field(7)] public long Int64 { get; set; }
    [Field(8)] public ulong UInt64 { get; set; }
    [Field(9)] public float Single { get; set; }
    [Field(10)] public double Double { get; set; }
    [Field(11)] public Half Half { get; set; }
    [Field(12)] public char Char { get; set; }
    [Field(13)] public bool Boolean { get; set; }
    [Field(14)] public decimal Decimal { get; set; }
    [Field(15)] public Guid Guid { get; set; }
    [Field(16)] public DateTime DateTime { get; set; }
    [Field(17)] public DateTimeOffset DateTimeOffset { get; set; }
    [Field(18)] public DateOnly DateOnly { get; set; }
    [Field(19)] public TimeOnly TimeOnly { get; set; }
    [Field(20)] public TimeSpan TimeSpan { get; set; }
    [Field(21)] public Side Side { get; set; }
    [Field(22)] public string Text { get; set; } = "";
    [Field(23)] public byte[] Bytes { get; set; } = [];
    [Field(24)] public Point Point { get; set; }
    [Field(25)] public ReadOnlyMemory<byte> Memory { get; set; }
}

/// <summary>The same, each of which may be missing.</summary>
[LogRecord]
public partial record Optionals
{
    [Field(1)] public int? Int32 { get; init; }
    [Field(2)] public bool? Boolean { get; init; }
    [Field(3)] public decimal? Decimal { get; init; }
    [Field(4)] public Guid? Guid { get; init; }
    [Field(5)] public DateTime? DateTime { get; init; }
    [Field(6)] public Side? Side { get; init; }
    [Field(7)] public string? Text { get; init; }
    [Field(8)] public byte[]? Bytes { get; init; }
    [Field(9)] public Point? Point { get; init; }
    [Field(10)] public Trade? Trade { get; init; }
    [Field(11)] public List<string>? Texts { get; init; }
    [Field(12)] public Trade[]? Trades { get; init; }
    [Field(13)] public double? Double { get; init; }
    [Field(14)] public Payment? Payment { get; init; }
}

/// <summary>Every kind of list.</summary>
[LogRecord]
public partial class Lists
{
    [Field(1)] public int[] Numbers { get; set; } = [];
    [Field(2)] public List<long> NumberList { get; set; } = [];
    [Field(3)] public ImmutableArray<short> Immutable { get; set; } = [];
    [Field(4)] public string[] Texts { get; set; } = [];
    [Field(5)] public List<string> TextList { get; set; } = [];
    [Field(6)] public decimal[] Decimals { get; set; } = [];
    [Field(7)] public List<DateTimeOffset> Times { get; set; } = [];
    [Field(8)] public bool[] Flags { get; set; } = [];
    [Field(9)] public Side[] Sides { get; set; } = [];
    [Field(10)] public Guid[] Guids { get; set; } = [];
    [Field(11)] public Trade[] Trades { get; set; } = [];
    [Field(12)] public List<Point> Points { get; set; } = [];
    [Field(13)] public ImmutableArray<Trade> MoreTrades { get; set; } = [];
    [Field(14)] public List<Payment> Payments { get; set; } = [];
    [Field(15)] public ImmutableArray<string> MoreTexts { get; set; } = [];
}

/// <summary>One of several.</summary>
[LogRecord]
[Union(1, typeof(Card))]
[Union(3, typeof(Cash))]
public abstract partial record Payment;

[LogRecord]
public partial record Card(string Number, int Months) : Payment;

[LogRecord]
public partial record Cash(decimal Given) : Payment;

/// <summary>No case of the union.</summary>
public record Barter : Payment;

/// <summary>Contains itself.</summary>
[LogRecord]
public partial class Folder
{
    [Field(1)] public string Name { get; set; } = "";
    [Field(2)] public List<Folder> Folders { get; set; } = [];
}

/// <summary>A class whose setters are private, inside another type.</summary>
public static partial class Outer
{
    [LogRecord(Name = "tests.sealed")]
    public sealed partial class Sealed
    {
        private Sealed()
        {
        }

        [Field(1)] public int Number { get; private set; }

        [Field(2)] private string _secret = "";

        public string Secret => _secret;

        public static Sealed Of(int number, string secret) => new() { Number = number, _secret = secret };
    }
}
