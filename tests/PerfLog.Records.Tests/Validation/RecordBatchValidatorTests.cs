using System.Buffers.Binary;
using PerfLog.Records.Tests.Golden;

namespace PerfLog.Records.Tests.Validation;

public sealed class RecordBatchValidatorTests
{
    private static readonly ProduceRules Rules = new();

    [Fact]
    public void A_partition_without_records_or_with_less_than_a_batch_is_refused()
    {
        AssertRefused(ErrorCode.InvalidRecord, [], Rules);
        for (int length = 0; length < GoldenBatches.Plain.Length; length++)
            AssertRefused(ErrorCode.InvalidRecord, GoldenBatches.Plain[..length], Rules);
    }

    [Fact]
    public void More_than_one_batch_is_refused()
    {
        AssertRefused(ErrorCode.InvalidRecord, [.. GoldenBatches.Plain, .. GoldenBatches.Plain], Rules);
        AssertRefused(ErrorCode.InvalidRecord, [.. GoldenBatches.Plain, 0], Rules);
    }

    [Theory]
    [InlineData(RecordBatchLayout.Magic, 1, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.Magic, 3, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.BaseOffset + 7, 1, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x08, ErrorCode.InvalidTimestamp)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x10, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x20, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x40, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x80, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.Attributes, 0x01, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x05, ErrorCode.UnsupportedCompressionType)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x01, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x02, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x03, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.Attributes + 1, 0x04, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.LastOffsetDelta + 3, 1, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.RecordsCount + 3, 2, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.RecordsCount, 0x80, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.ProducerId + 7, 0xfe, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.BatchLength + 3, 48, ErrorCode.CorruptMessage)]
    [InlineData(RecordBatchLayout.BatchLength, 0x7f, ErrorCode.InvalidRecord)]
    [InlineData(RecordBatchLayout.BatchLength, 0xff, ErrorCode.CorruptMessage)]
    public void A_header_that_a_client_may_not_send_is_refused(int position, byte value, ErrorCode expected)
    {
        byte[] batch = [.. GoldenBatches.Plain];
        batch[position] = value;
        RecordBatchFields.WriteCrc(batch);

        AssertRefused(expected, batch, Rules);
    }

    [Fact]
    public void An_empty_batch_is_refused()
    {
        byte[] batch = GoldenBatches.Plain[..RecordBatchLayout.HeaderBytes];
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatchLayout.BatchLength), batch.Length - 12);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatchLayout.LastOffsetDelta), -1);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatchLayout.RecordsCount), 0);
        RecordBatchFields.WriteCrc(batch);

        AssertRefused(ErrorCode.InvalidRecord, batch, Rules);
    }

    [Theory]
    [InlineData(5L, (short)0, 0, true, true)]
    [InlineData(0L, (short)7, 99, false, true)]
    [InlineData(5L, (short)-1, 0, false, false)]
    [InlineData(5L, (short)0, -1, false, false)]
    [InlineData(-1L, (short)-1, -1, false, true)]
    [InlineData(-1L, (short)-1, -1, true, false)]
    [InlineData(-2L, (short)0, 0, false, false)]
    public void A_producer_id_needs_an_epoch_and_a_sequence(long id, short epoch, int sequence, bool transactional, bool valid)
    {
        byte[] batch = TestRecord.Build(GoldenBatches.Expected, new BatchProperties
        {
            ProducerId = new ProducerId(id),
            ProducerEpoch = epoch,
            BaseSequence = sequence,
            IsTransactional = transactional,
        });

        Assert.Equal(valid ? ErrorCode.None : ErrorCode.InvalidRecord, RecordBatchValidator.Validate(batch, Rules).Error);
    }

    [Fact]
    public void Size_limits_count_the_whole_batch_and_each_has_its_error()
    {
        int size = GoldenBatches.Plain.Length;

        Assert.True(RecordBatchValidator.Validate(GoldenBatches.Plain, new ProduceRules { BatchBytesMax = size, SegmentBytes = size }).IsValid);
        AssertRefused(ErrorCode.MessageTooLarge, GoldenBatches.Plain, new ProduceRules { BatchBytesMax = size - 1 });
        AssertRefused(ErrorCode.RecordListTooLarge, GoldenBatches.Plain, new ProduceRules { SegmentBytes = size - 1 });
    }

    [Fact]
    public void Zstd_is_refused_from_clients_that_cannot_know_it() =>
        AssertRefused(ErrorCode.UnsupportedCompressionType, GoldenBatches.Zstd, new ProduceRules { AllowsZstd = false });

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void A_batch_that_decompresses_to_more_than_allowed_is_refused(CompressionCodec codec)
    {
        byte[] bomb = TestRecord.Build(
            [new TestRecord(1, null, new string('a', 3_000_000), [])], new BatchProperties { Codec = codec });

        Assert.True(RecordBatchValidator.Validate(bomb, new ProduceRules { DecompressedBytesMax = 3_000_013 }).IsValid);
        BatchValidation validation = RecordBatchValidator.Validate(bomb, new ProduceRules { DecompressedBytesMax = 3_000_012 });
        Assert.Equal((ErrorCode.InvalidRecord, CompressionFault.TooLarge), (validation.Error, validation.Message));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Lz4)]
    public void A_compacted_topic_names_the_records_without_a_key(CompressionCodec codec)
    {
        BatchValidation validation = RecordBatchValidator.Validate(GoldenBatches.Of(codec), new ProduceRules { IsCompacted = true });

        Assert.Equal(ErrorCode.InvalidRecord, validation.Error);
        RecordError error = Assert.Single(validation.RecordErrors.ToArray());
        Assert.Equal(1, error.BatchIndex);
        Assert.Contains("key", error.Message);
    }

    [Theory]
    [InlineData(5, 0, new int[0])]
    [InlineData(5, 4, new int[0])]
    [InlineData(4, 0, new[] { 0 })]
    [InlineData(1, 0, new[] { 0, 2 })]
    public void Records_that_are_too_old_are_named(long beforeMaxMs, long afterMaxMs, int[] refused)
    {
        var rules = new ProduceRules
        {
            Now = new TimestampMs(GoldenBatches.BaseTimestamp + 5),
            TimestampBeforeMaxMs = beforeMaxMs,
            TimestampAfterMaxMs = afterMaxMs,
        };

        AssertTimestampsRefused(refused, RecordBatchValidator.Validate(GoldenBatches.Gzip, rules));
    }

    [Theory]
    [InlineData(5, new int[0])]
    [InlineData(4, new[] { 1 })]
    [InlineData(0, new[] { 1, 2 })]
    public void Records_from_the_future_are_named(long afterMaxMs, int[] refused)
    {
        var rules = new ProduceRules { Now = new TimestampMs(GoldenBatches.BaseTimestamp), TimestampAfterMaxMs = afterMaxMs };

        AssertTimestampsRefused(refused, RecordBatchValidator.Validate(GoldenBatches.Plain, rules));
        Assert.True(RecordBatchValidator.Validate(GoldenBatches.Plain, rules with { UsesLogAppendTime = true }).IsValid);
    }

    [Fact]
    public void A_record_without_a_timestamp_is_never_too_old()
    {
        byte[] batch = TestRecord.Build([new TestRecord(-1, "k", "v", [])], new BatchProperties());
        var rules = new ProduceRules { Now = new TimestampMs(long.MaxValue), TimestampBeforeMaxMs = 0, TimestampAfterMaxMs = 0 };

        Assert.True(RecordBatchValidator.Validate(batch, rules).IsValid);
    }

    [Fact]
    public void Many_bad_records_are_counted_but_only_the_first_hundred_are_listed()
    {
        byte[] batch = TestRecord.Build(
            Enumerable.Range(0, 250).Select(static index => new TestRecord(index, null, "v", [])), new BatchProperties());

        BatchValidation validation = RecordBatchValidator.Validate(batch, new ProduceRules { IsCompacted = true });

        Assert.Equal(Enumerable.Range(0, 100), validation.RecordErrors.ToArray().Select(static error => error.BatchIndex));
        Assert.StartsWith("250 records", validation.Message);
    }

    [Theory]
    [InlineData(3, "offset", 0x04)]
    [InlineData(0, "length", 0x22)]
    [InlineData(18, "headers", 0x02)]
    [InlineData(18, "headers", 0x01)]
    [InlineData(4, "key", 0x7e)]
    [InlineData(4, "key", 0x03)]
    public void Records_whose_structure_does_not_add_up_are_refused(int position, string field, byte value)
    {
        byte[] batch = [.. GoldenBatches.Plain];
        Assert.NotEqual(value, batch[RecordBatchLayout.Records + position]);
        batch[RecordBatchLayout.Records + position] = value;
        RecordBatchFields.WriteCrc(batch);

        Assert.True(RecordBatchValidator.Validate(batch, Rules).Error == ErrorCode.InvalidRecord, field);
    }

    [Fact]
    public void A_wrong_largest_timestamp_in_the_header_is_told_and_can_be_corrected()
    {
        byte[] batch = [.. GoldenBatches.Plain];
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(RecordBatchLayout.MaxTimestamp), long.MaxValue);
        RecordBatchFields.WriteCrc(batch);

        RecordBatchFields.SetMaxTimestamp(batch, RecordBatchValidator.Validate(batch, Rules).MaxTimestamp);

        Assert.Equal(GoldenBatches.Plain, batch);
    }

    private static void AssertRefused(ErrorCode expected, ReadOnlySpan<byte> records, in ProduceRules rules)
    {
        BatchValidation validation = RecordBatchValidator.Validate(records, rules);
        Assert.Equal(expected, validation.Error);
        Assert.NotNull(validation.Message);
        Assert.False(validation.IsValid);
    }

    private static void AssertTimestampsRefused(int[] refused, BatchValidation validation)
    {
        Assert.Equal(refused.Length == 0 ? ErrorCode.None : ErrorCode.InvalidTimestamp, validation.Error);
        Assert.Equal(refused, validation.RecordErrors.ToArray().Select(static error => error.BatchIndex));
    }
}
