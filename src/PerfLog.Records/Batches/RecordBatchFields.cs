using System.Buffers.Binary;

namespace PerfLog.Records;

/// <summary>Writes single fields of a batch in place: those that a broker assigns and that its CRC does not cover.</summary>
public static class RecordBatchFields
{
    public static void AssignOffset(Span<byte> batch, Offset baseOffset, LeaderEpoch epoch)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.BaseOffset..], baseOffset.Value);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.PartitionLeaderEpoch..], epoch.Value);
    }
}
