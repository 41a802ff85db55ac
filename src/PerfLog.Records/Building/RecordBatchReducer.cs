namespace PerfLog.Records;

/// <summary>
/// Makes a batch anew with some of its records left out, as compaction does: <see cref="Begin"/>, <see cref="Keep"/> for
/// each record that stays, <see cref="Build"/>. First and last offset, epoch, producer, sequence, codec and flags stay
/// those of the original. One thread at a time; made once and used for many batches.
/// </summary>
public sealed class RecordBatchReducer : IDisposable
{
    // Counted from another base timestamp, a record's time may take that many bytes more.
    private const int GrowthBytesPerRecord = 16;

    private readonly RecordBatchBuilder _builder = new(0);
    private readonly byte[] _empty = new byte[RecordBatchLayout.HeaderBytes];
    private BatchProperties _properties;
    private Offset _lastOffset;
    private TimestampMs _maxTimestamp;

    /// <summary>Starts over.</summary>
    /// <param name="original">The batch; its header is enough.</param>
    /// <param name="recordsBytes">The size of its records, no longer compressed.</param>
    /// <param name="deleteHorizon">When its tombstones or marker may go; null while that is not decided.</param>
    public void Begin(RecordBatchView original, int recordsBytes, TimestampMs? deleteHorizon)
    {
        _properties = PropertiesOf(original) with { DeleteHorizon = deleteHorizon };
        _lastOffset = original.LastOffset;
        _maxTimestamp = original.MaxTimestamp;
        long bytesMax = RecordBatchLayout.HeaderBytes + recordsBytes + ((long)original.RecordsCount * GrowthBytesPerRecord);
        _builder.Begin(_properties, (int)Math.Min(bytesMax, Array.MaxLength));
    }

    /// <summary>Takes a record over; they come in their order.</summary>
    public void Keep(RecordView record)
    {
        if (!_builder.TryAppendCopy(record))
            throw new InvalidOperationException($"A batch with fewer records than the original at {_properties.BaseOffset} is larger than that.");
    }

    /// <summary>Finishes the batch; without records it is a header alone, which keeps the offsets and the producer's sequence.</summary>
    /// <returns>Its bytes, valid until the next <see cref="Begin"/>.</returns>
    public Memory<byte> Build() => _builder.RecordsCount > 0 ? _builder.BuildEndingAt(_lastOffset) : BuildEmpty();

    /// <inheritdoc/>
    public void Dispose() => _builder.Dispose();

    private static BatchProperties PropertiesOf(RecordBatchView original) => new()
    {
        Codec = original.Codec,
        BaseOffset = original.BaseOffset,
        PartitionLeaderEpoch = original.PartitionLeaderEpoch,
        ProducerId = original.ProducerId,
        ProducerEpoch = original.ProducerEpoch,
        BaseSequence = original.BaseSequence,
        IsTransactional = original.IsTransactional,
        IsControl = original.IsControl,
        LogAppendTime = original.IsLogAppendTime ? original.MaxTimestamp : null,
    };

    private Memory<byte> BuildEmpty()
    {
        BatchProperties properties = _properties with { Codec = CompressionCodec.None, DeleteHorizon = null };
        int lastOffsetDelta = (int)(_lastOffset - properties.BaseOffset);
        RecordBatchHeader.Write(_empty, new BatchTotals(properties, lastOffsetDelta, _maxTimestamp, _maxTimestamp, RecordsCount: 0));
        return _empty;
    }
}
