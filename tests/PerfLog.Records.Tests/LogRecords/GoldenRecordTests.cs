using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace PerfLog.Records.Tests.LogRecords;

/// <summary>Goal: the bytes are those that they have always been: what was written once is read for ever.</summary>
public sealed class GoldenRecordTests
{
    private static readonly DateTimeOffset Time = new(2026, 5, 6, 12, 30, 0, TimeSpan.FromHours(-3));
    private static readonly Guid SomeGuid = new("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly Trade SomeTrade = new("MSFT", 42, -12.50m, Side.Sell, Time);

    private static readonly Dictionary<string, byte[]> Written = new()
    {
        ["trade"] = RoundTrip.Bytes(Trade.Serde.Instance, SomeTrade),
        ["union"] = RoundTrip.Bytes<Payment>(Payment.Serde.Instance, new Card("4711", 12)),
        ["singles"] = RoundTrip.Bytes(Singles.Serde.Instance, new Singles
        {
            Int8 = -1, UInt8 = 2, Int16 = -3, UInt16 = 4, Int32 = -5, UInt32 = 6, Int64 = -7, UInt64 = 8, Single = 1.5f, Double = -2.5, Half = (Half)0.5,
            Char = 'ä', Boolean = true, Decimal = 79228162514264337593543950335m, Guid = SomeGuid, DateTime = Time.UtcDateTime, DateTimeOffset = Time,
            DateOnly = new DateOnly(2026, 5, 6), TimeOnly = new TimeOnly(12, 30), TimeSpan = TimeSpan.FromMinutes(-1), Side = Side.Buy, Text = "é€",
            Bytes = [1, 2, 3], Point = new Point(1, -1), Memory = new byte[] { 9 },
        }),
        ["optionals-none"] = RoundTrip.Bytes(Optionals.Serde.Instance, new Optionals()),
        ["optionals-all"] = RoundTrip.Bytes(Optionals.Serde.Instance, new Optionals
        {
            Int32 = 1, Boolean = false, Decimal = 0.1m, Guid = SomeGuid, DateTime = Time.DateTime, Side = Side.Buy, Text = "", Bytes = [], Point = new Point(3, 4),
            Trade = SomeTrade, Texts = ["a", "", "é"], Trades = [SomeTrade], Double = 0, Payment = new Cash(5),
        }),
        ["lists"] = RoundTrip.Bytes(Lists.Serde.Instance, new Lists
        {
            Numbers = [1, -1], NumberList = [2], Immutable = [3], Texts = ["x", "yz"], TextList = [""], Decimals = [1.5m], Times = [Time], Flags = [true, false],
            Sides = [Side.Sell], Guids = [SomeGuid], Trades = [SomeTrade, SomeTrade], Points = [new Point(1, 2)], MoreTrades = ImmutableArray<Trade>.Empty,
            Payments = [new Cash(1), new Card("1", 2)], MoreTexts = ["end"],
        }),
        ["version-1"] = RoundTrip.Bytes(CustomerV1.Serde.Instance, new CustomerV1(7, "Ada")),
        ["version-3"] = RoundTrip.Bytes(CustomerV3.Serde.Instance, new CustomerV3 { Id = 9, Tags = ["z"], Balance = 1.5m, Scores = [1, 2] }),
        ["key"] = RoundTrip.Bytes(DeviceKey.Serde.Instance, new DeviceKey("é", SomeGuid, 258, Side.Sell, "c1")),
    };

    public static TheoryData<string> Names => [.. Written.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_record_has_the_bytes_that_it_always_had(string name)
    {
        string path = Path.Combine(Folder(), "Golden", name + ".hex");
        string written = string.Join('\n', Convert.ToHexString(Written[name]).Chunk(64).Select(static line => new string(line))) + "\n";
        string golden = File.Exists(path) ? File.ReadAllText(path) : "";

        if (written != golden) File.WriteAllText(Path.ChangeExtension(path, ".received.txt"), written);
        Assert.Equal(golden, written);
    }

    /// <summary>Goal: the golden files are what docs/record-format.md says, and not only what the code does.</summary>
    [Fact]
    public void The_example_of_the_documentation_is_what_is_written()
    {
        byte[] bytes = RoundTrip.Bytes(CustomerV1.Serde.Instance, new CustomerV1(7, "Ada"));

        Assert.Equal("0C00", Convert.ToHexString(bytes.AsSpan(2, 2)));
        Assert.Equal("07000000" + "0F000000" + "416461", Convert.ToHexString(bytes.AsSpan(4)));
        Assert.Equal(Mark("tests.customer"), BitConverter.ToUInt16(bytes));
    }

    private static ushort Mark(string name)
    {
        uint hash = 2166136261;
        foreach (char letter in name) hash = (hash ^ letter) * 16777619;
        return (ushort)(hash ^ (hash >> 16));
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
