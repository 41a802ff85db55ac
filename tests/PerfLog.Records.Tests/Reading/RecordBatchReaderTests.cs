using System.Buffers.Binary;
using FsCheck;
using FsCheck.Xunit;
using PerfLog.Buffers;
using PerfLog.Records.Tests.Golden;

namespace PerfLog.Records.Tests.Reading;

public sealed class RecordBatchReaderTests
{
    public static TheoryData<CompressionCodec> Codecs => GoldenBatches.Codecs;

    [Fact]
    public void Batches_end_to_end_are_read_in_order_and_a_cut_off_one_is_left_out()
    {
        byte[] fetched = [.. GoldenBatches.Plain, .. GoldenBatches.CommitMarker, .. GoldenBatches.Gzip];
        int whole = GoldenBatches.Plain.Length + GoldenBatches.CommitMarker.Length;
        for (int length = whole; length < fetched.Length; length++)
        {
            var reader = new RecordBatchReader(fetched.AsSpan(0, length));
            Assert.True(reader.MoveNext());
            Assert.False(reader.Current.IsControl);
            Assert.True(reader.MoveNext());
            Assert.True(reader.Current.IsControl);
            Assert.False(reader.MoveNext());
            Assert.Equal((ErrorCode.None, whole), (reader.Error, reader.Position));
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Any_flipped_bit_that_the_checksum_covers_is_noticed(CompressionCodec codec)
    {
        byte[] batch = [.. GoldenBatches.Of(codec)];
        for (int bit = RecordBatchLayout.Crc * 8; bit < batch.Length * 8; bit++)
        {
            Flip(batch, bit);
            var reader = new RecordBatchReader(batch);
            Assert.False(reader.MoveNext());
            Assert.Equal(ErrorCode.CorruptMessage, reader.Error);
            Assert.Equal(ErrorCode.CorruptMessage, RecordBatchValidator.Validate(batch, new ProduceRules()).Error);
            Flip(batch, bit);
        }
    }

    [Fact]
    public void Without_the_checksum_the_batch_is_taken_as_it_is()
    {
        byte[] batch = [.. GoldenBatches.Plain];
        batch[^1] ^= 1;

        Assert.True(new RecordBatchReader(batch, checkCrc: false).MoveNext());
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(48)]
    public void A_lying_length_ends_the_walk(int length)
    {
        byte[] batch = [.. GoldenBatches.Plain];
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatchLayout.BatchLength), length);
        var reader = new RecordBatchReader(batch);

        Assert.False(reader.MoveNext());
        Assert.Equal(length < 49 ? ErrorCode.CorruptMessage : ErrorCode.None, reader.Error);
    }

    [Fact]
    public void A_batch_of_another_magic_is_named_as_such()
    {
        byte[] batch = [.. GoldenBatches.Plain];
        batch[RecordBatchLayout.Magic] = 1;
        var reader = new RecordBatchReader(batch);

        Assert.False(reader.MoveNext());
        Assert.Equal(ErrorCode.UnsupportedForMessageFormat, reader.Error);
    }

    /// <summary>Goal: bytes of any kind, with a checksum that agrees, are read or refused; nothing throws or spins.</summary>
    [Property(MaxTest = 300)]
    public void Mutated_batches_are_read_or_refused_and_nothing_throws(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var codec = (CompressionCodec)random.Next(5);
        byte[] batch = TestRecord.Build(TestRecord.Random(seed.Item, countMax: 12), new BatchProperties { Codec = codec });
        int mutations = 1 + random.Next(4);
        for (int mutation = 0; mutation < mutations; mutation++)
            batch[random.Next(RecordBatchLayout.Attributes, batch.Length)] = (byte)random.Next(256);
        if (random.Next(3) == 0) batch = batch[..random.Next(RecordBatchLayout.HeaderBytes, batch.Length)];
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatchLayout.BatchLength), batch.Length - 12);
        RecordBatchFields.WriteCrc(batch);

        BatchValidation validation = RecordBatchValidator.Validate(batch, new ProduceRules { DecompressedBytesMax = 1 << 20 });
        int walked = Walk(batch);

        if (validation.IsValid) Assert.Equal(validation.RecordsCount, walked);
        else Assert.NotNull(validation.Message);
    }

    /// <returns>The records up to the first fault.</returns>
    private static int Walk(byte[] batch)
    {
        using var scratch = new GrowingBuffer(0);
        var reader = new RecordBatchReader(batch);
        if (!reader.MoveNext()) return 0;
        if (!RecordBatchReader.TryOpen(reader.Current, scratch, 1 << 20, out RecordEnumerator records, out _)) return 0;
        int walked = 0;
        while (records.MoveNext())
        {
            foreach (HeaderView header in records.Current.Headers) Assert.True(header.KeyUtf8.Length <= batch.Length * 300);
            walked++;
        }

        return walked;
    }

    private static void Flip(byte[] bytes, int bit) => bytes[bit / 8] ^= (byte)(1 << (bit % 8));
}
