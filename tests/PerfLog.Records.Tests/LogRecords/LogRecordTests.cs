using FsCheck.Xunit;

namespace PerfLog.Records.Tests.LogRecords;

/// <summary>Goal: what is read, as a value or through a view, is what was written.</summary>
public sealed class LogRecordTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 6, 12, 0, 0, TimeSpan.FromHours(-3));

    [Property]
    public void A_positional_record_comes_back(string text, long id, decimal price, bool buy, DateTimeOffset at)
    {
        Trade trade = new(Valid(text), id, price, buy ? Side.Buy : Side.Sell, at);

        Assert.Equal(trade, RoundTrip.Of(Trade.Serde.Instance, trade));
    }

    [Property]
    public void Each_number_comes_back(sbyte a, byte b, short c, ushort d, int e, uint f, long g, ulong h)
    {
        Singles read = RoundTrip.Of(Singles.Serde.Instance, new Singles
        {
            Int8 = a, UInt8 = b, Int16 = c, UInt16 = d, Int32 = e, UInt32 = f, Int64 = g, UInt64 = h, Char = (char)d,
        });

        Assert.Equal((a, b, c, d, e, f, g, h), (read.Int8, read.UInt8, read.Int16, read.UInt16, read.Int32, read.UInt32, read.Int64, read.UInt64));
        Assert.Equal((char)d, read.Char);
    }

    [Property]
    public void Each_other_value_comes_back(float a, double b, bool c, decimal d, Guid e, DateTime f, DateTimeOffset g, DateOnly h, TimeOnly i, TimeSpan j)
    {
        DateTime utc = DateTime.SpecifyKind(f, DateTimeKind.Utc);
        Singles written = new()
        {
            Single = a, Double = b, Half = (Half)a, Boolean = c, Decimal = d, Guid = e, DateTime = utc, DateTimeOffset = g,
            DateOnly = h, TimeOnly = i, TimeSpan = j, Side = Side.Sell, Point = new Point(c ? 1 : 2, 3),
        };
        byte[] bytes = RoundTrip.Bytes(Singles.Serde.Instance, written);

        Singles read = Singles.Serde.Read(bytes);
        Singles.View view = Singles.View.Over(bytes);

        Assert.Equal((a, b, (Half)a, c, d, e), (read.Single, read.Double, read.Half, read.Boolean, read.Decimal, read.Guid));
        Assert.Equal((utc, g, h, i, j, Side.Sell), (read.DateTime, read.DateTimeOffset, read.DateOnly, read.TimeOnly, read.TimeSpan, read.Side));
        Assert.Equal((a, b, (Half)a, c, d, e), (view.Single, view.Double, view.Half, view.Boolean, view.Decimal, view.Guid));
        Assert.Equal((utc, g, h, i, j, Side.Sell), (view.DateTime, view.DateTimeOffset, view.DateOnly, view.TimeOnly, view.TimeSpan, view.Side));
        Assert.Equal((DateTimeKind.Utc, g.Offset.Hours), (read.DateTime.Kind, read.DateTimeOffset.Offset.Hours));
        Assert.Equal((written.Point, written.Point.X), (read.Point, view.Point.X));
    }

    [Property]
    public void Texts_and_bytes_come_back(string text, byte[] bytes)
    {
        text = Valid(text);
        byte[] written = RoundTrip.Bytes(Singles.Serde.Instance, new Singles { Text = text, Bytes = bytes, Memory = bytes });

        Singles read = Singles.Serde.Read(written);
        Singles.View view = Singles.View.Over(written);

        Assert.Equal(text, read.Text);
        Assert.Equal(text, view.Text);
        Assert.Equal(System.Text.Encoding.UTF8.GetBytes(text), view.TextUtf8);
        Assert.Equal(bytes, read.Bytes);
        Assert.Equal(bytes, view.Bytes);
        Assert.Equal(bytes, read.Memory);
    }

    [Theory]
    [InlineData("")]
    [InlineData("é")]
    [InlineData("a longer text that is ASCII, with more than sixteen letters in it")]
    [InlineData("a longer text that is almost ASCII, with more than sixteen letters – in it, 漢字 and 🦊 as well")]
    public void A_text_comes_back(string text)
    {
        foreach (int times in new[] { 1, 100, 5000 })
        {
            string repeated = string.Concat(Enumerable.Repeat(text, times));
            Assert.Equal(repeated, RoundTrip.Of(Card.Serde.Instance, new Card(repeated, 1)).Number);
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() =>
        Assert.Equal("a\uFFFDb", RoundTrip.Of(Card.Serde.Instance, new Card("a\uD800b", 1)).Number);

    [Fact]
    public void A_local_time_comes_back_as_the_UTC_time_it_is()
    {
        DateTime local = Noon.LocalDateTime;

        DateTime read = RoundTrip.Of(Singles.Serde.Instance, new Singles { DateTime = local }).DateTime;

        Assert.Equal((Noon.UtcDateTime, DateTimeKind.Utc), (read, read.Kind));
    }

    [Property]
    public void What_may_be_missing_comes_back_there_or_missing(int? a, bool? b, Guid? c, DateTime? d, string? e, byte[]? f, double? g, bool rest)
    {
        Optionals written = new()
        {
            Int32 = a, Boolean = b, Guid = c, DateTime = d is { } time ? DateTime.SpecifyKind(time, DateTimeKind.Unspecified) : null,
            Text = e is null ? null : Valid(e), Bytes = f, Double = g,
            Decimal = rest ? 1.50m : null, Side = rest ? Side.Buy : null, Point = rest ? new Point(1, 2) : null,
            Trade = rest ? SomeTrade(1) : null, Texts = rest ? ["x", ""] : null, Trades = rest ? [SomeTrade(2)] : null,
            Payment = rest ? new Cash(3) : null,
        };
        byte[] bytes = RoundTrip.Bytes(Optionals.Serde.Instance, written);

        Optionals read = Optionals.Serde.Read(bytes);
        Optionals.View view = Optionals.View.Over(bytes);

        Assert.Equal(written.Bytes, read.Bytes);
        Assert.Equal(written.Texts, read.Texts);
        Assert.Equal(written.Trades, read.Trades);
        Assert.Equal(written with { Bytes = null, Texts = null, Trades = null }, read with { Bytes = null, Texts = null, Trades = null });
        Assert.Equal((a, b, c, written.DateTime, written.Text, g), (view.Int32, view.Boolean, view.Guid, view.DateTime, view.Text, view.Double));
        Assert.Equal((written.Decimal, written.Side), (view.Decimal, view.Side));
        Assert.Equal((f is not null, rest, rest, rest, rest), (view.HasBytes, view.HasPoint, view.HasTrade, view.HasTexts, view.HasPayment));
        if (!rest) return;
        Assert.Equal(("S1", 2, 1, 3m), (view.Trade.Symbol, view.Point.Y, view.Trades.Count, view.Payment.AsCash.Given));
    }

    [Property]
    public void Lists_come_back(int[] numbers, List<long> longs, short[] shorts, string[] texts, decimal[] decimals, bool[] flags, Guid[] guids)
    {
        string[] valid = [.. texts.Select(Valid)];
        Lists written = new()
        {
            Numbers = numbers, NumberList = longs, Immutable = [.. shorts], Texts = valid, TextList = [.. valid], MoreTexts = [.. valid],
            Decimals = decimals, Flags = flags, Guids = guids, Times = [.. longs.Select(static hours => Noon.AddHours(hours % 1000))],
            Sides = [.. flags.Select(static flag => flag ? Side.Buy : (Side)200)],
            Trades = [.. numbers.Select(SomeTrade)], MoreTrades = [.. numbers.Select(SomeTrade)], Points = [.. numbers.Select(static x => new Point(x, 1))],
            Payments = [.. numbers.Select(static x => x % 2 == 0 ? (Payment)new Cash(x) : new Card($"{x}", x))],
        };
        byte[] bytes = RoundTrip.Bytes(Lists.Serde.Instance, written);

        AssertEqual(written, Lists.Serde.Read(bytes));
        AssertEqual(written, Lists.View.Over(bytes));
    }

    [Fact]
    public void A_union_is_the_case_that_it_was()
    {
        byte[] bytes = RoundTrip.Bytes<Payment>(Payment.Serde.Instance, new Card("4711", 12));

        Payment.View view = Payment.View.Over(bytes);

        Assert.Equal(new Card("4711", 12), Payment.Serde.Read(bytes));
        Assert.Equal((1, true, false, "4711"), (view.Tag, view.IsCard, view.IsCash, view.AsCard.Number));
    }

    [Fact]
    public void A_value_that_is_no_case_of_its_union_is_refused()
    {
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => RoundTrip.Bytes<Payment>(Payment.Serde.Instance, new Barter()));
        Assert.Contains("Barter is no case of PerfLog.Records.Tests.LogRecords.Payment", refused.Message);
    }

    [Fact]
    public void Null_in_a_field_that_cannot_be_null_is_refused_by_name()
    {
        string[] messages =
        [
            Assert.Throws<InvalidOperationException>(() => RoundTrip.Bytes(Card.Serde.Instance, new Card(null!, 1))).Message,
            Assert.Throws<InvalidOperationException>(() => RoundTrip.Bytes(Lists.Serde.Instance, new Lists { Numbers = null! })).Message,
            Assert.Throws<InvalidOperationException>(() => RoundTrip.Bytes(Lists.Serde.Instance, new Lists { Trades = [null!] })).Message,
            Assert.Throws<InvalidOperationException>(() => RoundTrip.Bytes(Lists.Serde.Instance, new Lists { TextList = [null!] })).Message,
        ];

        Assert.Equal(["Card.Number", "Lists.Numbers", "Lists.Trades", "Lists.TextList"], messages.Select(static message => message.Split(' ')[0]["PerfLog.Records.Tests.LogRecords.".Length..]));
    }

    [Fact]
    public void A_type_that_makes_itself_keeps_its_secrets()
    {
        Outer.Sealed read = RoundTrip.Of(Outer.Sealed.Serde.Instance, Outer.Sealed.Of(7, "hidden"));

        Assert.Equal((7, "hidden"), (read.Number, read.Secret));
    }

    [Fact]
    public void A_record_that_contains_itself_comes_back()
    {
        Folder read = RoundTrip.Of(Folder.Serde.Instance, new Folder { Name = "a", Folders = [new() { Name = "b", Folders = [new() { Name = "c" }] }] });

        Assert.Equal("c", read.Folders[0].Folders[0].Name);
    }

    [Fact]
    public void Writing_allocates_nothing_and_a_view_neither()
    {
        FixedWriter buffer = new(4096);
        Lists lists = new() { Numbers = [1, 2], Texts = ["a", "é"], Trades = [SomeTrade(1)], Decimals = [1.5m] };
        long sum = 0;

        long allocated = Allocated(() =>
        {
            buffer.Reset();
            Lists.Serde.Instance.Serialize(lists, buffer);
            Lists.View view = Lists.View.Over(buffer.Written);
            sum += view.Numbers[1] + view.Texts[1].Length + view.Trades[0].Id + (long)view.Decimals[0];
        });

        Assert.Equal(0, allocated);
        Assert.NotEqual(0, sum);
    }

    internal static Trade SomeTrade(int id) => new($"S{id}", id, id / 4m, Side.Buy, Noon);

    // Half a surrogate pair cannot be written as UTF-8.
    internal static string Valid(string? text) => new([.. (text ?? "").Where(static letter => !char.IsSurrogate(letter))]);

    private static long Allocated(Action action)
    {
        long best = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return best;
    }

    private static void AssertEqual(Lists written, Lists read)
    {
        Assert.Equal(written.Numbers, read.Numbers);
        Assert.Equal(written.NumberList, read.NumberList);
        Assert.Equal<IEnumerable<short>>(written.Immutable, read.Immutable);
        Assert.Equal(written.Texts, read.Texts);
        Assert.Equal(written.TextList, read.TextList);
        Assert.Equal<IEnumerable<string>>(written.MoreTexts, read.MoreTexts);
        Assert.Equal(written.Decimals, read.Decimals);
        Assert.Equal(written.Times, read.Times);
        Assert.Equal(written.Flags, read.Flags);
        Assert.Equal(written.Sides, read.Sides);
        Assert.Equal(written.Guids, read.Guids);
        Assert.Equal(written.Trades, read.Trades);
        Assert.Equal<IEnumerable<Trade>>(written.MoreTrades, read.MoreTrades);
        Assert.Equal(written.Points, read.Points);
        Assert.Equal(written.Payments, read.Payments);
    }

    private static void AssertEqual(Lists written, Lists.View view)
    {
        Assert.Equal(written.Numbers, view.Numbers);
        Assert.Equal(written.Sides, view.Sides.ToArray());
        Assert.Equal(written.Guids, view.Guids);
        Assert.Equal((written.Texts.Length, written.Decimals.Length), (view.Texts.Count, view.Decimals.Count));
        for (int index = 0; index < view.Texts.Count; index++) Assert.Equal(written.Texts[index], view.Texts.Text(index));
        for (int index = 0; index < view.Decimals.Count; index++) Assert.Equal(written.Decimals[index], view.Decimals[index]);
        int trades = 0;
        foreach (Trade.View trade in view.Trades) Assert.Equal(written.Trades[trades++].Id, trade.Id);
        Assert.Equal(written.Trades.Length, trades);
    }
}
