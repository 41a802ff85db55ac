using System.Buffers.Binary;
using PerfLog.Wire;

namespace PerfLog.Records;

/// <summary>
/// The control batch that ends a transaction in a partition: one record that consumers do not see.
/// <code>
/// key:    int16 version = 0, int16 type (0 abort, 1 commit)
/// value:  int16 version = 0, int32 epoch of the transaction's coordinator
/// </code>
/// </summary>
public readonly record struct TransactionMarker(
    ProducerId ProducerId, short ProducerEpoch, bool IsCommit, int CoordinatorEpoch)
{
    /// <summary>Header, and a record of 17 bytes.</summary>
    public const int BatchBytes = RecordBatchLayout.HeaderBytes + 17;

    private const short AbortType = 0;
    private const short CommitType = 1;
    private const int KeyBytes = 4;
    private const int ValueBytes = 6;

    /// <summary>Writes the whole batch over the first <see cref="BatchBytes"/> bytes.</summary>
    public void Write(Span<byte> destination, Offset offset, TimestampMs now, LeaderEpoch partitionLeaderEpoch)
    {
        Span<byte> batch = destination[..BatchBytes];
        Span<byte> key = stackalloc byte[KeyBytes];
        Span<byte> value = stackalloc byte[ValueBytes];
        key.Clear();
        value.Clear();
        BinaryPrimitives.WriteInt16BigEndian(key[sizeof(short)..], IsCommit ? CommitType : AbortType);
        BinaryPrimitives.WriteInt32BigEndian(value[sizeof(short)..], CoordinatorEpoch);

        var record = new WireWriter(batch[RecordBatchLayout.HeaderBytes..]);
        record.WriteVarint((int)RecordEncoding.BodyBytes(0, 0, key, value, 0, 0));
        RecordEncoding.WriteBody(ref record, 0, 0, key, value, 0);
        var totals = new BatchTotals(Properties(offset, partitionLeaderEpoch), 0, now, now, 1);
        RecordBatchHeader.Write(batch, totals);
    }

    /// <summary>Reads the marker of a control batch.</summary>
    /// <returns>False when the batch is no such marker: other kinds of control records are passed over.</returns>
    public static bool TryRead(RecordBatchView batch, out TransactionMarker marker)
    {
        marker = default;
        if (!batch.IsControl || batch.Codec != CompressionCodec.None) return false;
        var records = new RecordEnumerator(batch, batch.Records);
        if (!records.MoveNext()) return false;
        ReadOnlySpan<byte> key = records.Current.Key.Span;
        ReadOnlySpan<byte> value = records.Current.Value.Span;
        if (key.Length < KeyBytes || value.Length < ValueBytes) return false;
        short type = BinaryPrimitives.ReadInt16BigEndian(key[sizeof(short)..]);
        if (type is not (AbortType or CommitType)) return false;
        int coordinatorEpoch = BinaryPrimitives.ReadInt32BigEndian(value[sizeof(short)..]);
        marker = new TransactionMarker(batch.ProducerId, batch.ProducerEpoch, type == CommitType, coordinatorEpoch);
        return true;
    }

    private BatchProperties Properties(Offset offset, LeaderEpoch partitionLeaderEpoch) => new()
    {
        BaseOffset = offset,
        PartitionLeaderEpoch = partitionLeaderEpoch,
        ProducerId = ProducerId,
        ProducerEpoch = ProducerEpoch,
        IsTransactional = true,
        IsControl = true,
    };
}
