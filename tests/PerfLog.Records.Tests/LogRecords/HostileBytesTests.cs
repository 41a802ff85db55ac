using System.Buffers.Binary;

namespace PerfLog.Records.Tests.LogRecords;

/// <summary>Goal: whatever the bytes are, reading them gives a value or a clear error, and allocates no more than they can fill.</summary>
public sealed class HostileBytesTests
{
    private const int Mutations = 20_000;

    private static readonly Lists SomeLists = new()
    {
        Numbers = [1, 2, 3], NumberList = [4], Texts = ["a", "longer text é"], TextList = ["b"], Decimals = [1.5m], Times = [DateTimeOffset.UnixEpoch],
        Trades = [LogRecordTests.SomeTrade(1), LogRecordTests.SomeTrade(2)], Points = [new(1, 2)], Payments = [new Cash(1), new Card("1", 2)],
    };

    [Fact]
    public void A_record_of_another_type_is_refused_by_name()
    {
        byte[] bytes = RoundTrip.Bytes(Card.Serde.Instance, new Card("4711", 1));

        string value = Assert.Throws<RecordMismatchException>(() => Trade.Serde.Read(bytes)).Message;
        string view = Assert.Throws<RecordMismatchException>(() => _ = Trade.View.Over(bytes).Id).Message;

        Assert.StartsWith("PerfLog.Records.Tests.LogRecords.Trade is another type's record: its mark is ", value);
        Assert.Equal(value, view);
    }

    [Fact]
    public void A_record_cut_off_anywhere_is_refused()
    {
        byte[] bytes = RoundTrip.Bytes(Lists.Serde.Instance, SomeLists);

        for (int length = 0; length < bytes.Length; length++)
            Assert.Throws<RecordMismatchException>(() => Lists.Serde.Read(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void A_count_that_lies_is_refused_before_anything_is_allocated_for_it()
    {
        byte[] bytes = RoundTrip.Bytes(Optionals.Serde.Instance, new Optionals { Trades = [LogRecordTests.SomeTrade(1)] });
        int table = bytes.AsSpan().IndexOf(new byte[] { 1, 0, 0, 0 });
        int trade = RoundTrip.Bytes(Trade.Serde.Instance, LogRecordTests.SomeTrade(1)).Length;
        table = bytes.Length - trade - 8 >= table ? bytes.Length - trade - 8 : table;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(table), int.MaxValue);

        long before = GC.GetAllocatedBytesForCurrentThread();
        RecordMismatchException refused = Assert.Throws<RecordMismatchException>(() => Optionals.Serde.Read(bytes));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Contains("Optionals.Trades claims 2147483647 elements", refused.Message);
    }

    [Fact]
    public void A_slot_that_points_outside_is_refused_by_the_fields_name()
    {
        byte[] bytes = RoundTrip.Bytes(Card.Serde.Instance, new Card("4711", 1));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), 1000);

        Assert.Equal(
            $"PerfLog.Records.Tests.LogRecords.Card.Number claims bytes 12 to 1000 of a record of {bytes.Length}",
            Assert.Throws<RecordMismatchException>(() => Card.Serde.Read(bytes)).Message);
        Assert.Throws<RecordMismatchException>(() => _ = Card.View.Over(bytes).Number);
    }

    [Fact]
    public void A_text_that_is_no_UTF8_is_refused()
    {
        byte[] bytes = RoundTrip.Bytes(Card.Serde.Instance, new Card("4711", 1));
        bytes[^1] = 0xFF;

        Assert.Contains("Card.Number is no UTF-8 text", Assert.Throws<RecordMismatchException>(() => Card.Serde.Read(bytes)).Message);
    }

    [Fact]
    public void A_tag_that_is_not_known_is_refused_and_seen_by_a_view()
    {
        byte[] bytes = RoundTrip.Bytes<Payment>(Payment.Serde.Instance, new Cash(1));
        bytes[0] = 99;

        Assert.Contains("has tag 99, which is no case known here", Assert.Throws<RecordMismatchException>(() => Payment.Serde.Read(bytes)).Message);
        Assert.Equal(99, Payment.View.Over(bytes).Tag);
    }

    [Fact]
    public void A_record_nested_too_deeply_is_refused()
    {
        byte[] bytes = Nest(depth: 60_000);
        RecordMismatchException? refused = null;

        Thread thread = new(() => refused = Assert.Throws<RecordMismatchException>(() => Folder.Serde.Read(bytes)), maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();

        Assert.Contains("Folder contains itself too deeply", refused!.Message);
    }

    [Fact]
    public void Bytes_changed_at_random_never_break_the_reader()
    {
        byte[] original = RoundTrip.Bytes(Lists.Serde.Instance, SomeLists);
        Random random = new(20261123);
        int refused = 0;
        for (int mutation = 0; mutation < Mutations; mutation++)
        {
            byte[] bytes = [.. original];
            for (int change = random.Next(1, 4); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Lists.Serde.Read(bytes);
            }
            catch (RecordMismatchException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, Mutations - 1);
    }

    // Each level: header, end of the name, end of the folders; then a table with one folder.
    private static byte[] Nest(int depth)
    {
        byte[] leaf = RoundTrip.Bytes(Folder.Serde.Instance, new Folder());
        byte[] bytes = new byte[(depth * (leaf.Length + 4)) + leaf.Length];
        for (int level = 0; level <= depth; level++)
        {
            Span<byte> folder = bytes.AsSpan(level * (leaf.Length + 4));
            leaf.CopyTo(folder);
            if (level == depth) break;
            BinaryPrimitives.WriteUInt32LittleEndian(folder[8..], (uint)folder.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(folder[12..], 1);
            BinaryPrimitives.WriteUInt32LittleEndian(folder[16..], (uint)(folder.Length - 12));
        }

        return bytes;
    }
}
