using System.Buffers.Binary;

namespace PerfLog.Records;

/// <summary>
/// One record batch, read in place; layout: <see cref="RecordBatchLayout"/>. The span holds at least the header; it may
/// end there, when only the header was read. Nothing is checked here: see the validator.
/// </summary>
public readonly ref struct RecordBatchView(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public Offset BaseOffset => new(Int64At(RecordBatchLayout.BaseOffset));

    /// <summary>The whole batch's bytes, with offset and length field, as its header states them.</summary>
    public int SizeBytes => Int32At(RecordBatchLayout.BatchLength) + RecordBatchLayout.LengthPrefixBytes;

    public LeaderEpoch PartitionLeaderEpoch => new(Int32At(RecordBatchLayout.PartitionLeaderEpoch));

    public byte Magic => _bytes[RecordBatchLayout.Magic];

    public uint Crc => BinaryPrimitives.ReadUInt32BigEndian(_bytes[RecordBatchLayout.Crc..]);

    public BatchAttributes Attributes =>
        (BatchAttributes)BinaryPrimitives.ReadInt16BigEndian(_bytes[RecordBatchLayout.Attributes..]);

    public CompressionCodec Codec => (CompressionCodec)(Attributes & BatchAttributes.CodecMask);

    public bool IsLogAppendTime => (Attributes & BatchAttributes.LogAppendTime) != 0;

    public bool IsTransactional => (Attributes & BatchAttributes.Transactional) != 0;

    public bool IsControl => (Attributes & BatchAttributes.Control) != 0;

    /// <summary>When compaction may drop the batch's tombstones or marker; null where it has not decided that.</summary>
    public TimestampMs? DeleteHorizon => (Attributes & BatchAttributes.DeleteHorizon) != 0 ? BaseTimestamp : null;

    public int LastOffsetDelta => Int32At(RecordBatchLayout.LastOffsetDelta);

    public Offset LastOffset => BaseOffset + LastOffsetDelta;

    /// <summary>The offset after the batch.</summary>
    public Offset NextOffset => LastOffset + 1;

    public TimestampMs BaseTimestamp => new(Int64At(RecordBatchLayout.BaseTimestamp));

    public TimestampMs MaxTimestamp => new(Int64At(RecordBatchLayout.MaxTimestamp));

    public ProducerId ProducerId => new(Int64At(RecordBatchLayout.ProducerId));

    public short ProducerEpoch => BinaryPrimitives.ReadInt16BigEndian(_bytes[RecordBatchLayout.ProducerEpoch..]);

    public int BaseSequence => Int32At(RecordBatchLayout.BaseSequence);

    /// <summary>The last record's sequence; past 2147483647 it goes on at 0.</summary>
    public int LastSequence => Sequence.Add(BaseSequence, LastOffsetDelta);

    public int RecordsCount => Int32At(RecordBatchLayout.RecordsCount);

    /// <summary>The records' bytes, compressed as <see cref="Codec"/> says.</summary>
    public ReadOnlySpan<byte> Records => _bytes[RecordBatchLayout.Records..SizeBytes];

    private int Int32At(int position) => BinaryPrimitives.ReadInt32BigEndian(_bytes[position..]);

    private long Int64At(int position) => BinaryPrimitives.ReadInt64BigEndian(_bytes[position..]);
}
