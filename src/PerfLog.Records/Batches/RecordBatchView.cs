using System.Buffers.Binary;

namespace PerfLog.Records;

/// <summary>
/// One record batch, read in place; layout: <see cref="RecordBatchLayout"/>. The span holds at least the header; it may
/// end there, when only the header was read. Nothing is checked here: see the validator.
/// </summary>
public readonly ref struct RecordBatchView(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The bytes that the view was made of.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The first record's offset, also when compaction removed that record.</summary>
    public Offset BaseOffset => new(Int64At(RecordBatchLayout.BaseOffset));

    /// <summary>The whole batch's bytes, with offset and length field, as its header states them.</summary>
    public int SizeBytes => Int32At(RecordBatchLayout.BatchLength) + RecordBatchLayout.LengthPrefixBytes;

    /// <summary>The epoch of the leader that appended the batch.</summary>
    public LeaderEpoch PartitionLeaderEpoch => new(Int32At(RecordBatchLayout.PartitionLeaderEpoch));

    /// <summary>The format's number, 2 in every batch that can be read so.</summary>
    public byte Magic => _bytes[RecordBatchLayout.Magic];

    /// <summary>The checksum as the header states it.</summary>
    public uint Crc => BinaryPrimitives.ReadUInt32BigEndian(_bytes[RecordBatchLayout.Crc..]);

    /// <summary>The batch's flags and its codec's number.</summary>
    public BatchAttributes Attributes =>
        (BatchAttributes)BinaryPrimitives.ReadInt16BigEndian(_bytes[RecordBatchLayout.Attributes..]);

    /// <summary>How the records are compressed; a number that names no codec comes as it is.</summary>
    public CompressionCodec Codec => (CompressionCodec)(Attributes & BatchAttributes.CodecMask);

    /// <summary>Whether the broker stamped the batch, so that all records have the time <see cref="MaxTimestamp"/>.</summary>
    public bool IsLogAppendTime => (Attributes & BatchAttributes.LogAppendTime) != 0;

    /// <summary>Whether the records belong to a transaction of their producer.</summary>
    public bool IsTransactional => (Attributes & BatchAttributes.Transactional) != 0;

    /// <summary>Whether the batch is a marker, which consumers do not see.</summary>
    public bool IsControl => (Attributes & BatchAttributes.Control) != 0;

    /// <summary>When compaction may drop the batch's tombstones or marker; null where it has not decided that.</summary>
    public TimestampMs? DeleteHorizon => (Attributes & BatchAttributes.DeleteHorizon) != 0 ? BaseTimestamp : null;

    /// <summary>The last record's distance from the base offset; compaction leaves it as it was.</summary>
    public int LastOffsetDelta => Int32At(RecordBatchLayout.LastOffsetDelta);

    /// <summary>The last record's offset, also when compaction removed that record.</summary>
    public Offset LastOffset => BaseOffset + LastOffsetDelta;

    /// <summary>The offset after the batch.</summary>
    public Offset NextOffset => LastOffset + 1;

    /// <summary>The time from which the records' times are counted; the delete horizon where there is one.</summary>
    public TimestampMs BaseTimestamp => new(Int64At(RecordBatchLayout.BaseTimestamp));

    /// <summary>The latest time among the records, as the header states it.</summary>
    public TimestampMs MaxTimestamp => new(Int64At(RecordBatchLayout.MaxTimestamp));

    /// <summary>The idempotent producer; <see cref="PerfLog.ProducerId.None"/> for an ordinary one.</summary>
    public ProducerId ProducerId => new(Int64At(RecordBatchLayout.ProducerId));

    /// <summary>The producer's epoch; -1 for an ordinary producer.</summary>
    public short ProducerEpoch => BinaryPrimitives.ReadInt16BigEndian(_bytes[RecordBatchLayout.ProducerEpoch..]);

    /// <summary>The first record's sequence; -1 for an ordinary producer.</summary>
    public int BaseSequence => Int32At(RecordBatchLayout.BaseSequence);

    /// <summary>The last record's sequence; past 2147483647 it goes on at 0.</summary>
    public int LastSequence => Sequence.Add(BaseSequence, LastOffsetDelta);

    /// <summary>How many records the batch holds, as its header states it; 0 where compaction left the header alone.</summary>
    public int RecordsCount => Int32At(RecordBatchLayout.RecordsCount);

    /// <summary>The records' bytes, compressed as <see cref="Codec"/> says.</summary>
    public ReadOnlySpan<byte> Records => _bytes[RecordBatchLayout.Records..SizeBytes];

    private int Int32At(int position) => BinaryPrimitives.ReadInt32BigEndian(_bytes[position..]);

    private long Int64At(int position) => BinaryPrimitives.ReadInt64BigEndian(_bytes[position..]);
}
