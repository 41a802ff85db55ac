using FsCheck;
using FsCheck.Xunit;

namespace PerfLog.Records.Tests.Legacy;

public sealed class MessageSetUpConverterTests
{
    private const byte LogAppendTime = 0x08;

    private static readonly ProduceRules Rules = new();

    private static readonly TestRecord[] Records =
    [
        new(1_700_000_000_000, "a", "1", []),
        new(1_700_000_000_007, null, "2", []),
        new(1_699_999_999_000, "c", null, []),
    ];

    private static readonly TestRecord[] WithoutTimes = [.. Records.Select(static record => record with { Timestamp = -1 })];

    [Fact]
    public void The_smallest_messages_as_other_clients_write_them_are_read()
    {
        byte[] magic0 = Convert.FromHexString("00000000000000000000000ea7ec68030000ffffffffffffffff");
        byte[] magic1 = Convert.FromHexString("000000000000000000000016cc2f79d901000000000000000000ffffffffffffffff");

        Assert.Equal([new TestRecord(-1, null, null, []), new TestRecord(0, null, null, [])], Converted([.. magic0, .. magic1]));
    }

    [Fact]
    public void Plain_messages_of_either_magic_become_one_batch()
    {
        Assert.Equal(WithoutTimes, Converted([.. Records.SelectMany(static record => LegacyMessages.Message(0, 0, record))]));
        Assert.Equal(Records, Converted([.. Records.SelectMany(static (record, index) => LegacyMessages.Message(1, index, record))]));
    }

    [Theory]
    [InlineData(0, CompressionCodec.Gzip)]
    [InlineData(0, CompressionCodec.Snappy)]
    [InlineData(0, CompressionCodec.Lz4)]
    [InlineData(1, CompressionCodec.Gzip)]
    [InlineData(1, CompressionCodec.Snappy)]
    [InlineData(1, CompressionCodec.Lz4)]
    public void A_wrapper_becomes_a_batch_of_its_codec(byte magic, CompressionCodec codec)
    {
        using var converter = new MessageSetUpConverter();

        BatchValidation validation = converter.Convert(LegacyMessages.Wrapper(magic, codec, 40, Records), Rules, out Memory<byte> batch);

        Assert.Equal((ErrorCode.None, null), (validation.Error, validation.Message));
        Assert.Equal(codec, new RecordBatchView(batch.Span).Codec);
        Assert.Equal(Offset.Zero, new RecordBatchView(batch.Span).BaseOffset);
        Assert.Equal(magic == 0 ? WithoutTimes : Records, TestRecord.ReadAll(batch.Span));
    }

    [Fact]
    public void Several_wrappers_and_plain_messages_become_one_batch_in_order()
    {
        byte[] set =
        [
            .. LegacyMessages.Message(1, 0, Records[2]),
            .. LegacyMessages.Wrapper(1, CompressionCodec.Gzip, 1, Records),
            .. LegacyMessages.Wrapper(1, CompressionCodec.Snappy, 4, Records[..1]),
        ];

        Assert.Equal([Records[2], .. Records, Records[0]], Converted(set));
    }

    [Fact]
    public void Sets_that_do_not_add_up_are_refused()
    {
        byte[] plain = LegacyMessages.Message(1, 0, Records[0]);
        byte[] wrapper = LegacyMessages.Wrapper(1, CompressionCodec.Gzip, 0, Records);
        byte[] flipped = [.. plain];
        flipped[^1] ^= 1;

        AssertRefused(ErrorCode.InvalidRecord, []);
        AssertRefused(ErrorCode.InvalidRecord, [.. plain, 0]);
        AssertRefused(ErrorCode.InvalidRecord, plain[..^1]);
        AssertRefused(ErrorCode.CorruptMessage, flipped);
        AssertRefused(ErrorCode.InvalidRecord, Golden.GoldenBatches.Plain);
        AssertRefused(ErrorCode.InvalidTimestamp, LegacyMessages.Message(1, 0, Records[0], LogAppendTime));
        AssertRefused(ErrorCode.InvalidTimestamp, LegacyMessages.Message(1, 0, Records[0] with { Timestamp = -2 }));
        AssertRefused(ErrorCode.UnsupportedCompressionType, LegacyMessages.Message(1, 0, Records[0], (byte)CompressionCodec.Zstd));
        AssertRefused(ErrorCode.InvalidRecord, LegacyMessages.Message(1, 0, Records[2], (byte)CompressionCodec.Gzip));
        AssertRefused(ErrorCode.InvalidRecord, LegacyMessages.Message(1, 0, Records[0], (byte)CompressionCodec.Gzip));
        AssertRefused(ErrorCode.InvalidRecord, Wrapping(1, wrapper));
        AssertRefused(ErrorCode.InvalidRecord, Wrapping(0, plain));
        AssertRefused(ErrorCode.InvalidRecord, Wrapping(1, []));
    }

    [Fact]
    public void The_topics_rules_hold_for_the_batch_that_results()
    {
        byte[] set = LegacyMessages.Wrapper(1, CompressionCodec.Gzip, 0, Records);
        byte[] large = LegacyMessages.Wrapper(1, CompressionCodec.Gzip, 0, new TestRecord(1, null, new string('a', 100_000), []));

        AssertRefused(ErrorCode.InvalidRecord, set, new ProduceRules { IsCompacted = true });
        AssertRefused(ErrorCode.MessageTooLarge, set, new ProduceRules { BatchBytesMax = 90 });
        AssertRefused(ErrorCode.InvalidRecord, large, new ProduceRules { DecompressedBytesMax = 50_000 });
        AssertRefused(ErrorCode.MessageTooLarge, [.. large, .. large], new ProduceRules { DecompressedBytesMax = 150_000 });
    }

    [Property(MaxTest = 200)]
    public void Mutated_sets_are_converted_or_refused_and_nothing_throws(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        byte magic = (byte)random.Next(2);
        byte[] inner = [.. Enumerable.Range(0, 1 + random.Next(5)).SelectMany(index => LegacyMessages.Message(magic, index, Records[index % 3]))];
        if (random.Next(3) == 0) inner[random.Next(inner.Length)] = (byte)random.Next(256);
        var codec = (CompressionCodec)random.Next(4);
        byte[] value = LegacyMessages.Compress(magic, codec, inner);
        for (int mutation = random.Next(3); mutation > 0; mutation--) value[random.Next(value.Length)] = (byte)random.Next(256);
        byte[] set = LegacyMessages.Message(magic, 0, 1, null, value, (byte)codec);
        using var converter = new MessageSetUpConverter();

        BatchValidation validation = converter.Convert(set, Rules, out Memory<byte> batch);

        if (validation.IsValid) Assert.Equal(validation.RecordsCount, TestRecord.ReadAll(batch.Span).Length);
        else Assert.NotNull(validation.Message);
    }

    private static TestRecord[] Converted(byte[] set)
    {
        using var converter = new MessageSetUpConverter();
        BatchValidation validation = converter.Convert(set, Rules, out Memory<byte> batch);
        Assert.Equal((ErrorCode.None, null), (validation.Error, validation.Message));
        return TestRecord.ReadAll(batch.Span);
    }

    private static byte[] Wrapping(byte magic, byte[] inner) => LegacyMessages.Message(
        magic, 0, 1, null, LegacyMessages.Compress(magic, CompressionCodec.Gzip, inner), (byte)CompressionCodec.Gzip);

    private static void AssertRefused(ErrorCode expected, byte[] set) => AssertRefused(expected, set, Rules);

    private static void AssertRefused(ErrorCode expected, byte[] set, ProduceRules rules)
    {
        using var converter = new MessageSetUpConverter();
        BatchValidation validation = converter.Convert(set, rules, out Memory<byte> batch);
        Assert.Equal(expected, validation.Error);
        Assert.NotNull(validation.Message);
        Assert.True(batch.IsEmpty);
    }
}
