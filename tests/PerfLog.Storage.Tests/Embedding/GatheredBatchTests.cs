using System.Buffers.Binary;
using PerfLog.Buffers;
using PerfLog.Hashing;
using PerfLog.Records;

namespace PerfLog.Storage.Tests.Embedding;

/// <summary>Goal: whoever sums a batch, and whenever, it is the same batch.</summary>
public sealed class GatheredBatchTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 100)]
    [InlineData(200, 1024)]
    public void A_batch_summed_record_by_record_is_that_which_is_summed_at_its_end(int records, int valueBytes)
    {
        byte[] atEnd = Batch(records, valueBytes, isSummed: false, CompressionCodec.None);

        Assert.True(IsSummedRightly(atEnd));
        Assert.Equal(atEnd, Batch(records, valueBytes, isSummed: true, CompressionCodec.None));
    }

    [Fact]
    public void A_compressed_one_is_summed_as_it_is_written()
    {
        byte[] batch = Batch(50, 200, isSummed: true, CompressionCodec.Lz4);

        Assert.True(IsSummedRightly(batch));
        Assert.Equal(Batch(50, 200, isSummed: false, CompressionCodec.Lz4), batch);
    }

    [Fact]
    public void A_batch_begun_anew_starts_its_sum_anew()
    {
        var batch = new GatheredBatch();
        byte[] block = new byte[4096];
        byte[] once = Fill(batch, block, 5, 100, isSummed: true, CompressionCodec.None);
        batch.TakeBlock();

        Assert.Equal(once, Fill(batch, block, 5, 100, isSummed: true, CompressionCodec.None));
    }

    private static bool IsSummedRightly(byte[] batch) =>
        BinaryPrimitives.ReadUInt32BigEndian(batch.AsSpan(RecordBatchLayout.Crc)) == Crc32C.Compute(batch.AsSpan(RecordBatchLayout.Attributes));

    private static byte[] Batch(int records, int valueBytes, bool isSummed, CompressionCodec codec) =>
        Fill(new GatheredBatch(), new byte[256 * 1024], records, valueBytes, isSummed, codec);

    private static byte[] Fill(GatheredBatch batch, byte[] block, int records, int valueBytes, bool isSummed, CompressionCodec codec)
    {
        batch.Begin(block, block.Length, isSummed, new Offset(7));
        byte[] value = new byte[valueBytes];
        new Random(records).NextBytes(value);
        for (int i = 0; i < records; i++) Assert.True(batch.TryAppend(OptionalBytes.Null, value, 1_000 + i, default, 0));
        return batch.Finish(codec, new LeaderEpoch(3), new GrowingBuffer(0)).ToArray();
    }
}
