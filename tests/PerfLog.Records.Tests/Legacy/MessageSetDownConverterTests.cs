using System.Buffers.Binary;
using PerfLog.Buffers;
using PerfLog.Records.Tests.Golden;

namespace PerfLog.Records.Tests.Legacy;

public sealed class MessageSetDownConverterTests
{
    private static readonly TestRecord[] Records = GoldenBatches.Expected;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_plain_batch_becomes_messages_at_their_offsets_without_headers(byte magic)
    {
        byte[] expected = [.. Records.SelectMany((record, index) => LegacyMessages.Message(magic, 1000 + index, record))];

        Assert.Equal(expected, Converted(GoldenBatches.Transactional, magic));
    }

    [Fact]
    public void Messages_before_the_offset_asked_for_are_left_out() =>
        Assert.Equal(LegacyMessages.Message(1, 1002, Records[2]), Converted(GoldenBatches.Transactional, 1, from: 1002));

    [Fact]
    public void A_log_append_batch_gives_messages_that_say_so()
    {
        byte[] expected =
        [
            .. Records[..2].SelectMany(static (record, index) =>
                LegacyMessages.Message(1, 5 + index, record with { Timestamp = 1_700_000_001_000 }, attributes: 0x08)),
        ];

        Assert.Equal(expected, Converted(GoldenBatches.LogAppend, 1));
    }

    [Fact]
    public void Markers_and_a_cut_off_batch_are_left_out()
    {
        byte[] batches = [.. GoldenBatches.CommitMarker, .. GoldenBatches.Plain, .. GoldenBatches.Plain[..50]];

        Assert.Equal(Converted(GoldenBatches.Plain, 1), Converted(batches, 1));
        Assert.Empty(Converted(GoldenBatches.AbortMarker, 1));
    }

    [Theory]
    [InlineData(0, CompressionCodec.Gzip)]
    [InlineData(0, CompressionCodec.Snappy)]
    [InlineData(0, CompressionCodec.Lz4)]
    [InlineData(1, CompressionCodec.Gzip)]
    [InlineData(1, CompressionCodec.Snappy)]
    [InlineData(1, CompressionCodec.Lz4)]
    public void A_compressed_batch_becomes_a_wrapper_as_clients_write_it(byte magic, CompressionCodec codec)
    {
        byte[] batch = [.. GoldenBatches.Of(codec)];
        RecordBatchFields.AssignOffset(batch, new Offset(40), new LeaderEpoch(1));

        Assert.Equal(LegacyMessages.Wrapper(magic, codec, 40, Records), Converted(batch, magic));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    public void What_was_converted_down_converts_up_to_the_same_records(CompressionCodec codec)
    {
        TestRecord[] records = [.. TestRecord.Random(seed: 7).Select(static record => record with { Headers = [] })];
        byte[] batch = TestRecord.Build(records, new BatchProperties { Codec = codec });
        using var up = new MessageSetUpConverter();

        Assert.True(up.Convert(Converted(batch, 1), new ProduceRules(), out Memory<byte> again).IsValid);
        Assert.Equal(records, TestRecord.ReadAll(again.Span));
    }

    [Fact]
    public void Zstd_is_refused_at_the_start_and_ends_the_messages_later()
    {
        byte[] later = [.. GoldenBatches.Plain, .. GoldenBatches.Zstd];

        Assert.Equal(ErrorCode.UnsupportedCompressionType, Error(GoldenBatches.Zstd));
        Assert.Equal(Converted(GoldenBatches.Plain, 1), Converted(later, 1));
    }

    [Fact]
    public void Corrupt_batches_are_refused()
    {
        byte[] flipped = [.. GoldenBatches.Plain];
        flipped[^1] ^= 1;
        byte[] misshapen = [.. GoldenBatches.Plain];
        misshapen[RecordBatchLayout.Records]++;
        RecordBatchFields.WriteCrc(misshapen);
        byte[] unpackable = [.. GoldenBatches.Gzip];
        BinaryPrimitives.WriteInt32BigEndian(unpackable.AsSpan(RecordBatchLayout.Records), 0);
        RecordBatchFields.WriteCrc(unpackable);

        Assert.All([flipped, misshapen, unpackable], static batch => Assert.Equal(ErrorCode.CorruptMessage, Error(batch)));
    }

    [Fact]
    public void A_limit_ends_the_messages_after_the_first_batch_and_refuses_a_larger_first_one()
    {
        byte[] one = Converted(GoldenBatches.Plain, 1);
        byte[] three = [.. GoldenBatches.Plain, .. GoldenBatches.Plain, .. GoldenBatches.Plain];
        using var converter = new MessageSetDownConverter(TestRecord.DecompressedBytesMax);
        using var output = new GrowingBuffer((one.Length * 2) + 10);

        Assert.True(converter.Convert(three, 1, Offset.Zero, output).IsConverted);
        Assert.Equal([.. one, .. one], output.WrittenSpan.ToArray());
        output.Reset(one.Length - 1);
        Assert.Equal(ErrorCode.MessageTooLarge, converter.Convert(three, 1, Offset.Zero, output).Error);
        Assert.Equal(0, output.WrittenBytes);
    }

    private static byte[] Converted(byte[] batches, byte magic, long from = 0)
    {
        using var converter = new MessageSetDownConverter(TestRecord.DecompressedBytesMax);
        using var output = new GrowingBuffer(1_000_000);
        DownConversion conversion = converter.Convert(batches, magic, new Offset(from), output);
        Assert.Equal((ErrorCode.None, null), (conversion.Error, conversion.Message));
        return output.WrittenSpan.ToArray();
    }

    private static ErrorCode Error(byte[] batches)
    {
        using var converter = new MessageSetDownConverter(TestRecord.DecompressedBytesMax);
        using var output = new GrowingBuffer(1_000_000);
        DownConversion conversion = converter.Convert(batches, 1, Offset.Zero, output);
        Assert.Equal(0, output.WrittenBytes);
        return conversion.Error;
    }
}
