using PerfLog.Buffers;
using PerfLog.Records.Tests.Golden;

namespace PerfLog.Records.Tests.Building;

public sealed class RecordBatchRecompressorTests
{
    private const int BytesMax = 1_000_000;

    [Fact]
    public void Between_any_two_codecs_the_records_and_all_other_fields_stay()
    {
        TestRecord[] records = TestRecord.Random(seed: 3);
        var properties = new BatchProperties
        {
            BaseOffset = new Offset(77),
            PartitionLeaderEpoch = new LeaderEpoch(6),
            ProducerId = new ProducerId(4242),
            ProducerEpoch = 3,
            BaseSequence = 10,
            IsTransactional = true,
        };
        foreach (CompressionCodec from in Enum.GetValues<CompressionCodec>())
        {
            foreach (CompressionCodec to in Enum.GetValues<CompressionCodec>())
            {
                byte[] rebuilt = Rebuild(TestRecord.Build(records, properties with { Codec = from }), to);
                Assert.Equal(TestRecord.Build(records, properties with { Codec = to }), rebuilt);
            }
        }
    }

    [Fact]
    public void A_batch_that_cannot_be_rebuilt_leaves_the_destination_as_it_was()
    {
        using var scratch = new GrowingBuffer(0);
        using var output = new GrowingBuffer(100);
        output.TryWrite([1, 2, 3]);

        Assert.False(RecordBatchRecompressor.TryRebuild(
            GoldenBatches.Gzip, CompressionCodec.None, scratch, 45, output, out string? fault));
        Assert.Equal(CompressionFault.TooLarge, fault);
        Assert.False(RecordBatchRecompressor.TryRebuild(
            GoldenBatches.Gzip, CompressionCodec.None, scratch, 46, output, out fault));
        Assert.Contains("larger than allowed", fault);
        Assert.Equal([1, 2, 3], output.WrittenSpan.ToArray());
    }

    private static byte[] Rebuild(byte[] batch, CompressionCodec codec)
    {
        using var scratch = new GrowingBuffer(0);
        using var output = new GrowingBuffer(BytesMax);
        Assert.True(RecordBatchRecompressor.TryRebuild(batch, codec, scratch, BytesMax, output, out string? fault), fault);
        return output.WrittenSpan.ToArray();
    }
}
