using System.Buffers.Binary;
using PerfLog.Hashing;
using PerfLog.Wire;

namespace PerfLog.Records;

/// <summary>
/// Writes a batch's header, laid out as <see cref="RecordBatchLayout"/> draws it, over the start of its bytes.
/// </summary>
public static class RecordBatchHeader
{
    /// <param name="batch">The whole batch: its length is the batch's, and its records are summed.</param>
    /// <param name="totals">What to say of the records.</param>
    public static void Write(Span<byte> batch, in BatchTotals totals)
    {
        WriteFields(batch, totals);
        RecordBatchFields.WriteCrc(batch);
    }

    /// <summary>The same by who has summed the records already, for instance while they were in the cache.</summary>
    /// <param name="batch">The whole batch: its length is the batch's.</param>
    /// <param name="totals">What to say of the records.</param>
    /// <param name="recordsCrc">The checksum of all bytes behind the header.</param>
    public static void Write(Span<byte> batch, in BatchTotals totals, uint recordsCrc)
    {
        WriteFields(batch, totals);
        uint fieldsCrc = Crc32C.Compute(batch[RecordBatchLayout.Attributes..RecordBatchLayout.Records]);
        uint crc = Crc32C.Combine(fieldsCrc, recordsCrc, batch.Length - RecordBatchLayout.HeaderBytes);
        BinaryPrimitives.WriteUInt32BigEndian(batch[RecordBatchLayout.Crc..], crc);
    }

    private static void WriteFields(Span<byte> batch, in BatchTotals totals)
    {
        BatchProperties properties = totals.Properties;
        var writer = new WireWriter(batch[..RecordBatchLayout.HeaderBytes]);
        writer.WriteInt64(properties.BaseOffset.Value);
        writer.WriteInt32(batch.Length - RecordBatchLayout.LengthPrefixBytes);
        writer.WriteInt32(properties.PartitionLeaderEpoch.Value);
        writer.WriteByte(RecordBatchLayout.CurrentMagic);
        writer.WriteUInt32(0);
        writer.WriteInt16((short)Attributes(properties));
        writer.WriteInt32(totals.LastOffsetDelta);
        writer.WriteInt64(totals.BaseTimestamp.Value);
        writer.WriteInt64((properties.LogAppendTime ?? totals.MaxTimestamp).Value);
        writer.WriteInt64(properties.ProducerId.Value);
        writer.WriteInt16(properties.ProducerEpoch);
        writer.WriteInt32(properties.BaseSequence);
        writer.WriteInt32(totals.RecordsCount);
    }

    private static BatchAttributes Attributes(in BatchProperties properties)
    {
        var attributes = (BatchAttributes)(short)properties.Codec;
        if (properties.LogAppendTime is not null) attributes |= BatchAttributes.LogAppendTime;
        if (properties.IsTransactional) attributes |= BatchAttributes.Transactional;
        if (properties.IsControl) attributes |= BatchAttributes.Control;
        if (properties.DeleteHorizon is not null) attributes |= BatchAttributes.DeleteHorizon;
        return attributes;
    }
}
