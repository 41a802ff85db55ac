using PerfLog.Buffers;

namespace PerfLog.Records.Tests.Golden;

/// <summary>Bytes of Java's classes: what they write we read, and what we write is what they write.</summary>
public sealed class GoldenBatchTests
{
    public static TheoryData<CompressionCodec> Codecs => GoldenBatches.Codecs;

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_batch_of_each_codec_holds_the_three_records(CompressionCodec codec)
    {
        byte[] golden = GoldenBatches.Of(codec);
        var reader = new RecordBatchReader(golden);

        Assert.True(reader.MoveNext(), reader.Fault);
        Assert.Equal(codec, reader.Current.Codec);
        Assert.Equal(GoldenBatches.Expected, TestRecord.ReadAll(golden));
        Assert.Equal(golden.Length, reader.Position);
        Assert.False(reader.MoveNext());
        Assert.Equal(ErrorCode.None, reader.Error);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_batch_of_each_codec_is_valid(CompressionCodec codec)
    {
        BatchValidation validation = RecordBatchValidator.Validate(GoldenBatches.Of(codec), new ProduceRules());

        Assert.Equal(ErrorCode.None, validation.Error);
        Assert.Equal(3, validation.RecordsCount);
        Assert.Equal(new TimestampMs(GoldenBatches.BaseTimestamp + 5), validation.MaxTimestamp);
    }

    [Fact]
    public void A_plain_batch_is_written_byte_for_byte() =>
        Assert.Equal(GoldenBatches.Plain, TestRecord.Build(GoldenBatches.Expected, new BatchProperties()));

    /// <summary>These two codecs store what does not shrink, so even their output has only one form.</summary>
    [Theory]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Snappy)]
    public void A_stored_lz4_or_snappy_batch_is_written_byte_for_byte(CompressionCodec codec) =>
        Assert.Equal(GoldenBatches.Of(codec), TestRecord.Build(GoldenBatches.Expected, new BatchProperties { Codec = codec }));

    [Fact]
    public void A_transactional_batch_is_written_byte_for_byte()
    {
        var properties = new BatchProperties
        {
            BaseOffset = new Offset(1000),
            PartitionLeaderEpoch = new LeaderEpoch(7),
            ProducerId = new ProducerId(4242),
            ProducerEpoch = 3,
            BaseSequence = 10,
            IsTransactional = true,
        };

        Assert.Equal(GoldenBatches.Transactional, TestRecord.Build(GoldenBatches.Expected, properties));
    }

    [Fact]
    public void A_log_append_batch_is_written_byte_for_byte_and_all_its_records_report_the_brokers_time()
    {
        var properties = new BatchProperties
        {
            BaseOffset = new Offset(5),
            PartitionLeaderEpoch = new LeaderEpoch(2),
            LogAppendTime = new TimestampMs(GoldenBatches.BaseTimestamp + 1000),
        };

        Assert.Equal(GoldenBatches.LogAppend, TestRecord.Build(GoldenBatches.Expected[..2], properties));
        Assert.All(TestRecord.ReadAll(GoldenBatches.LogAppend), static record => Assert.Equal(1_700_000_001_000, record.Timestamp));
    }

    [Fact]
    public void Stamping_a_produced_batch_gives_the_log_append_batch()
    {
        byte[] batch = TestRecord.Build(GoldenBatches.Expected[..2], new BatchProperties());

        RecordBatchFields.SetLogAppendTime(batch, new TimestampMs(GoldenBatches.BaseTimestamp + 1000));
        RecordBatchFields.AssignOffset(batch, new Offset(5), new LeaderEpoch(2));

        Assert.Equal(GoldenBatches.LogAppend, batch);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_transactions_marker_is_written_byte_for_byte_and_read_back(bool isCommit)
    {
        byte[] golden = isCommit ? GoldenBatches.CommitMarker : GoldenBatches.AbortMarker;
        var marker = new TransactionMarker(new ProducerId(4242), 3, isCommit, CoordinatorEpoch: 9);
        var written = new byte[TransactionMarker.BatchBytes];
        Array.Fill(written, (byte)0xcc);

        marker.Write(written, new Offset(77), new TimestampMs(1_700_000_002_000), new LeaderEpoch(4));

        Assert.Equal(golden, written);
        Assert.True(TransactionMarker.TryRead(new RecordBatchView(golden), out TransactionMarker read));
        Assert.Equal(marker, read);
    }

    [Fact]
    public void Rebuilding_a_batch_of_each_codec_as_plain_gives_the_plain_batch()
    {
        using var scratch = new GrowingBuffer(0);
        using var output = new GrowingBuffer(1000);
        foreach (CompressionCodec codec in Enum.GetValues<CompressionCodec>())
        {
            output.Reset(1000);
            Assert.True(RecordBatchRecompressor.TryRebuild(
                GoldenBatches.Of(codec), CompressionCodec.None, scratch, 1000, output, out string? fault), fault);
            Assert.Equal(GoldenBatches.Plain, output.WrittenSpan.ToArray());
        }
    }
}
