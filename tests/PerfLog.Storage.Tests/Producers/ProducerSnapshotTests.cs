using FsCheck.Xunit;
using PerfLog.Hashing;

namespace PerfLog.Storage.Tests.Producers;

public sealed class ProducerSnapshotTests
{
    [Fact]
    public void The_bytes_are_a_version_a_checksum_a_count_and_the_entries()
    {
        ProducerEntry entry = new(new ProducerId(0x0102));
        entry.Restore(3, new ProducerBatch(5, 7, new Offset(100), 2, new TimestampMs(0x55)), new TimestampMs(0x55), 4, new Offset(98));

        byte[] bytes = ProducerSnapshot.Encode([entry]);

        const string body = "00000001" + "0000000000000102" + "0003" + "00000007" + "0000000000000064" + "00000002"
            + "0000000000000055" + "00000004" + "0000000000000062";
        uint crc = Crc32C.Compute(Convert.FromHexString(body));
        Assert.Equal($"0001{crc:x8}{body}", Convert.ToHexStringLower(bytes));
    }

    [Property]
    public void What_is_written_is_read_again(long id, short epoch, int lastSequence, ushort delta, uint lastOffset, long transactionStart)
    {
        ProducerEntry entry = new(new ProducerId(id));
        int last = lastSequence & int.MaxValue;
        ProducerBatch batch = new((last - delta) & int.MaxValue, last, new Offset(lastOffset), delta, new TimestampMs(77));
        entry.Restore(epoch, batch, new TimestampMs(77), 1, new Offset(transactionStart));

        ProducerEntry read = Assert.Single(ProducerSnapshot.TryDecode(ProducerSnapshot.Encode([entry]))!);

        Assert.Equal((entry.Id, entry.Epoch, entry.TransactionStart), (read.Id, read.Epoch, read.TransactionStart));
        Assert.Equal(batch, read.LastBatch);
    }

    [Property]
    public void One_flipped_bit_or_a_missing_byte_is_no_snapshot(ushort position)
    {
        ProducerEntry entry = new(new ProducerId(1));
        byte[] bytes = ProducerSnapshot.Encode([entry]);
        Assert.Null(ProducerSnapshot.TryDecode(bytes.AsSpan(0, bytes.Length - 1)));

        bytes[position % bytes.Length] ^= (byte)(1 << (position % 8));

        Assert.Null(ProducerSnapshot.TryDecode(bytes));
    }
}
