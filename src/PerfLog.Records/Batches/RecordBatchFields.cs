using System.Buffers.Binary;
using PerfLog.Hashing;

namespace PerfLog.Records;

/// <summary>Writes single fields of a whole batch in place.</summary>
public static class RecordBatchFields
{
    /// <summary>Writes what the broker assigns to each batch; the CRC does not cover it.</summary>
    public static void AssignOffset(Span<byte> batch, Offset baseOffset, LeaderEpoch epoch)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.BaseOffset..], baseOffset.Value);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.PartitionLeaderEpoch..], epoch.Value);
    }

    /// <summary>
    /// Stamps every record of the batch with the broker's time, for topics that want it. Sums the batch anew.
    /// </summary>
    public static void SetLogAppendTime(Span<byte> batch, TimestampMs now)
    {
        BatchAttributes attributes = new RecordBatchView(batch).Attributes | BatchAttributes.LogAppendTime;
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.Attributes..], (short)attributes);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.MaxTimestamp..], now.Value);
        WriteCrc(batch);
    }

    /// <summary>
    /// Corrects the largest timestamp that the header states, by which time indexes and retention go. Sums the batch
    /// anew only when it was wrong, which no proper producer's is.
    /// </summary>
    public static void SetMaxTimestamp(Span<byte> batch, TimestampMs maxTimestamp)
    {
        if (new RecordBatchView(batch).MaxTimestamp == maxTimestamp) return;
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.MaxTimestamp..], maxTimestamp.Value);
        WriteCrc(batch);
    }

    /// <summary>Sums the batch and writes the checksum into its header.</summary>
    public static void WriteCrc(Span<byte> batch) => BinaryPrimitives.WriteUInt32BigEndian(
        batch[RecordBatchLayout.Crc..], Crc32C.Compute(batch[RecordBatchLayout.Attributes..]));
}
