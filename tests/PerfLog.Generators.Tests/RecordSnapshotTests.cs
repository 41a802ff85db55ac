namespace PerfLog.Generators.Tests;

/// <summary>Goal: what is emitted reads as if written by hand, as a whole and line by line for each kind of field.</summary>
public sealed class RecordSnapshotTests
{
    [Fact]
    public void A_record_is_emitted_as()
    {
        string source = RecordCompilation.Emit("[LogRecord] public partial record Order(long Id, [PartitionKey] string Customer, int[]? Tags);", "Order");

        SnapshotTests.AssertApproved("Order", source);
    }

    [Theory]
    [InlineData("int A", "slots.A = value.A;", "A: slots.A")]
    [InlineData("int? A", "slots.A = OptionalSlot<int>.Of(value.A);", "A: slots.A.OrNull()")]
    [InlineData("decimal A", "slots.A = DecimalSlot.Of(value.A);", "A: slots.A.ToValue(\"Shop.Thing.A\")")]
    [InlineData("DayOfWeek A", "slots.A = (int)value.A;", "A: (global::System.DayOfWeek)slots.A")]
    [InlineData("string A", "slots.A = LogRecordWriter.Text(value.A ?? throw LogRecordWriter.NullOf(\"Shop.Thing.A\"), destination, ref end);", "string aValue = LogRecordReader.Text(bytes, ref start, slots.A, \"Shop.Thing.A\");")]
    [InlineData("string? A", "slots.A = value.A is { } aValue ? LogRecordWriter.Text(aValue, destination, ref end) : LogRecordWriter.Null(end);", "string? aValue = LogRecordReader.IsNull(slots.A) ? null : LogRecordReader.Text(bytes, ref start, slots.A, \"Shop.Thing.A\");")]
    [InlineData("byte[] A", "slots.A = LogRecordWriter.Values<byte>(value.A, destination, ref end);", "byte[] aValue = LogRecordReader.Values<byte>(LogRecordReader.Part(bytes, ref start, slots.A, \"Shop.Thing.A\"), \"Shop.Thing.A\").ToArray();")]
    [InlineData("List<string> A", "slots.A = LogRecordWriter.Texts(CollectionsMarshal.AsSpan(value.A), destination, ref end, \"Shop.Thing.A\");", "LogRecordReader.TextList(")]
    [InlineData("Part A", "end += global::Shop.Part.Serde.Write(value.A, destination[end..]);", "global::Shop.Part aValue = global::Shop.Part.Serde.Read(")]
    [InlineData("Part[] A", "slots.A = WriteA(value.A, destination, ref end);", "global::Shop.Part[] aValue = ReadA(")]
    public void A_field_is_emitted_as(string field, string write, string read)
    {
        string source = RecordCompilation.Emit($"[LogRecord] public partial record Thing({field}); [LogRecord] public partial record Part(int X);", "Thing");

        Assert.Contains(write, source);
        Assert.Contains(read, source);
    }
}
