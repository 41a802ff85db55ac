using FsCheck;
using FsCheck.Xunit;

namespace PerfLog.Records.Tests.Building;

public sealed class RecordBatchBuilderTests
{
    [Property]
    public void What_is_built_is_valid_and_reads_back_the_same_in_every_codec(DoNotSize<int> seed)
    {
        TestRecord[] records = TestRecord.Random(seed.Item);
        foreach (CompressionCodec codec in Enum.GetValues<CompressionCodec>())
        {
            byte[] batch = TestRecord.Build(records, new BatchProperties { Codec = codec });

            BatchValidation validation = RecordBatchValidator.Validate(batch, new ProduceRules());

            Assert.Equal((ErrorCode.None, null), (validation.Error, validation.Message));
            Assert.Equal(records.Length, validation.RecordsCount);
            Assert.Equal(records.Max(static record => record.Timestamp), validation.MaxTimestamp.Value);
            Assert.Equal(validation.MaxTimestamp, new RecordBatchView(batch).MaxTimestamp);
            Assert.Equal(records, TestRecord.ReadAll(batch));
        }
    }

    [Fact]
    public void A_record_that_does_not_fit_is_refused_and_leaves_the_batch_as_it_was()
    {
        using var builder = new RecordBatchBuilder(RecordBatchLayout.HeaderBytes + 20);
        builder.Begin(new BatchProperties());

        Assert.False(builder.TryAppend(TimestampMs.None, OptionalBytes.Null, new byte[14]));
        Assert.True(builder.TryAppend(TimestampMs.None, OptionalBytes.Null, new byte[13]));
        Assert.False(builder.TryAppend(TimestampMs.None, OptionalBytes.Null, OptionalBytes.Null));
        Assert.Equal(1, builder.RecordsCount);
        Assert.Equal(RecordBatchLayout.HeaderBytes + 20, builder.Build().Length);
        Assert.Single(TestRecord.ReadAll(builder.Build().Span));
    }

    [Fact]
    public void A_builder_that_is_used_again_starts_afresh()
    {
        using var builder = new RecordBatchBuilder(10_000);
        builder.Begin(new BatchProperties { Codec = CompressionCodec.Gzip, BaseOffset = new Offset(9) });
        builder.TryAppend(new TimestampMs(5), new byte[100], new byte[100]);
        builder.Build();

        builder.Begin(new BatchProperties());
        foreach (TestRecord record in GoldenBatchesRecords) record.AppendTo(builder);

        Assert.Equal(Golden.GoldenBatches.Plain, builder.Build().ToArray());
    }

    [Fact]
    public void The_place_in_a_producers_sequence_may_come_last()
    {
        using var builder = new RecordBatchBuilder(10_000);
        builder.Begin(new BatchProperties
        {
            BaseOffset = new Offset(1000),
            PartitionLeaderEpoch = new LeaderEpoch(7),
            IsTransactional = true,
        });
        foreach (TestRecord record in GoldenBatchesRecords) record.AppendTo(builder);

        builder.AssignProducer(new ProducerId(4242), 3, 10);

        Assert.Equal(Golden.GoldenBatches.Transactional, builder.Build().ToArray());
    }

    [Fact]
    public void Copies_keep_their_offsets_across_gaps_and_cannot_go_back()
    {
        using var builder = new RecordBatchBuilder(10_000);
        builder.Begin(new BatchProperties { BaseOffset = new Offset(1000) });
        var source = new RecordBatchView(Golden.GoldenBatches.Transactional);
        var records = new RecordEnumerator(source, source.Records);
        Assert.True(records.MoveNext());
        Assert.True(builder.TryAppendCopy(records.Current));
        Assert.True(records.MoveNext());
        Assert.True(records.MoveNext());
        Assert.True(builder.TryAppendCopy(records.Current));
        RecordView last = records.Current;
        bool refused = false;
        try
        {
            builder.TryAppendCopy(last);
        }
        catch (ArgumentOutOfRangeException)
        {
            refused = true;
        }

        Assert.True(refused);
        var copy = new RecordBatchView(builder.Build().Span);
        Assert.Equal((2, 2), (copy.RecordsCount, copy.LastOffsetDelta));
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void A_full_batch_that_does_not_compress_is_built_all_the_same(CompressionCodec codec)
    {
        var noise = new byte[200_000];
        new Random(5).NextBytes(noise);
        using var builder = new RecordBatchBuilder(200_073);
        builder.Begin(new BatchProperties { Codec = codec });
        Assert.True(builder.TryAppend(TimestampMs.None, OptionalBytes.Null, noise));
        Assert.False(builder.TryAppend(TimestampMs.None, OptionalBytes.Null, OptionalBytes.Null));

        Assert.InRange(builder.Build().Length, 200_073, 201_000);
        Assert.True(RecordBatchValidator.Validate(builder.Build().Span, new ProduceRules()).IsValid);
    }

    [Fact]
    public void An_empty_batch_and_a_negative_time_are_refused()
    {
        using var builder = new RecordBatchBuilder(1000);
        builder.Begin(new BatchProperties());

        Assert.Throws<InvalidOperationException>(() => builder.Build());
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.TryAppend(new TimestampMs(-2), OptionalBytes.Null, OptionalBytes.Null));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void Building_and_validating_and_walking_allocate_nothing(CompressionCodec codec)
    {
        using var builder = new RecordBatchBuilder(100_000);
        byte[] key = new byte[20];
        byte[] value = new byte[200];
        RecordHeader[] headers = [new("trace", value), new("none", (byte[]?)null)];
        var properties = new BatchProperties { Codec = codec };
        var rules = new ProduceRules { IsCompacted = true };
        int sum = BuildValidateWalk(builder, properties, rules, key, value, headers);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 20; round++) sum += BuildValidateWalk(builder, properties, rules, key, value, headers);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(21 * 100 * (20 + 200 + 5 + 200 + 4), sum);
    }

    private static TestRecord[] GoldenBatchesRecords => Golden.GoldenBatches.Expected;

    private static int BuildValidateWalk(
        RecordBatchBuilder builder, in BatchProperties properties, in ProduceRules rules, byte[] key, byte[] value, RecordHeader[] headers)
    {
        builder.Begin(properties);
        for (int index = 0; index < 100; index++) builder.TryAppend(new TimestampMs(index), key, value, headers);
        Memory<byte> batch = builder.Build();
        if (!RecordBatchValidator.Validate(batch.Span, rules).IsValid) return -1;
        var reader = new RecordBatchReader(batch.Span);
        return reader.MoveNext() ? SumOfSizes(reader.Current) : -1;
    }

    private static int SumOfSizes(RecordBatchView batch)
    {
        if (!RecordBatchReader.TryOpen(batch, Scratch, 100_000, out RecordEnumerator records, out _)) return -1;
        int sum = 0;
        while (records.MoveNext())
        {
            sum += records.Current.Key.Span.Length + records.Current.Value.Span.Length;
            foreach (HeaderView header in records.Current.Headers) sum += header.KeyUtf8.Length + header.Value.Span.Length;
        }

        return sum;
    }

    private static readonly Buffers.GrowingBuffer Scratch = new(100_000);
}
