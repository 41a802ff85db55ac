using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Client.Consuming;

/// <summary>
/// The batches of one partition in one answer, and how far they were handed out. Read by the polling thread alone, after the
/// fetching loop made it.
/// </summary>
internal sealed class FetchedChunk(SharedBytes ownedFrame, int start, int length, AbortedTransactions? aborted, bool checksCrcs) : IDisposable
{
    /// <summary>A batch that decompresses to more is refused: a few bytes may say that they are very many.</summary>
    private const int DecompressedBytesMax = 256 * 1024 * 1024;

    private SharedBytes? _records;
    private int _at;
    private int _recordAt;
    private int _recordsEnd;
    private int _recordsLeft;
    private Offset _baseOffset;
    private Offset _batchEnd;
    private TimestampMs _baseTimestamp;
    private TimestampMs _appendTime;
    private bool _stampedByBroker;
    private LeaderEpoch _epoch = LeaderEpoch.None;

    public int SizeBytes => length;

    /// <summary>Puts the next records into a poll's result.</summary>
    /// <param name="from">Records before it are passed over: a batch may start before the offset that was asked for.</param>
    /// <param name="slots">Takes the records.</param>
    /// <param name="recordsMax">How many at most.</param>
    /// <param name="next">Where reading goes on.</param>
    /// <returns>Whether more is to come; false when the chunk is at its end.</returns>
    /// <exception cref="FormatException">The bytes are not what they should be; says in which way.</exception>
    public bool Read(OffsetPosition from, RecordSlots slots, int recordsMax, out OffsetPosition next)
    {
        next = from;
        while (true)
        {
            if (_records is null && !TryOpenBatch(ref next)) return false;
            int source = slots.AddSource(_records!, _epoch, _stampedByBroker);
            ReadOnlySpan<byte> bytes = _records!.Memory.Span[.._recordsEnd];
            while (_recordsLeft > 0)
            {
                if (recordsMax == 0) return true;
                if (!RecordBounds.TryRead(bytes, _recordAt, out RecordBounds bounds))
                    throw new FormatException("a record is misshapen: its fields do not add up to its length");
                _recordAt = bounds.End;
                _recordsLeft--;
                Offset offset = _baseOffset + bounds.OffsetDelta;
                if (offset < from.Offset) continue;
                slots.Add(bounds, source, offset, _stampedByBroker ? _appendTime : _baseTimestamp + bounds.TimestampDelta);
                next = new OffsetPosition(offset + 1, _epoch);
                recordsMax--;
            }

            CloseBatch(ref next);
        }
    }

    public void Dispose()
    {
        _records?.Dispose();
        _records = null;
        ownedFrame.Dispose();
    }

    private bool TryOpenBatch(ref OffsetPosition next)
    {
        while (true)
        {
            var batches = new RecordBatchReader(ownedFrame.Memory.Span.Slice(start, length)[_at..], checksCrcs);
            if (!batches.MoveNext()) return AtEnd(batches);
            RecordBatchView batch = batches.Current;
            int batchStart = start + _at;
            _at += batches.Position;
            _batchEnd = batch.NextOffset;
            _epoch = batch.PartitionLeaderEpoch;
            if (batch.NextOffset > next.Offset && !IsPassedOver(batch))
            {
                Open(batch, batchStart);
                return true;
            }

            CloseBatch(ref next);
        }
    }

    private static bool AtEnd(in RecordBatchReader batches) =>
        batches.Error == ErrorCode.None ? false : throw new FormatException(batches.Fault);

    private bool IsPassedOver(RecordBatchView batch)
    {
        if (!batch.IsControl) return aborted is not null && aborted.Covers(batch, default);
        if (aborted is not null && RecordBounds.TryRead(batch.Records, 0, out RecordBounds marker))
            aborted.Covers(batch, RecordBounds.Slice(batch.Records, marker.KeyStart, marker.KeyLength).Span);
        return true;
    }

    private void Open(RecordBatchView batch, int batchStart)
    {
        if (batch.Codec == CompressionCodec.None)
        {
            _records = ownedFrame.AddUser();
            _recordAt = batchStart + RecordBatchLayout.HeaderBytes;
            _recordsEnd = batchStart + batch.SizeBytes;
        }
        else
        {
            _records = Decompress(batch);
            _recordAt = 0;
            _recordsEnd = _records.Memory.Length;
        }

        _recordsLeft = batch.RecordsCount;
        _baseOffset = batch.BaseOffset;
        _baseTimestamp = batch.BaseTimestamp;
        _appendTime = batch.MaxTimestamp;
        _stampedByBroker = batch.IsLogAppendTime;
    }

    private static SharedBytes Decompress(RecordBatchView batch)
    {
        GrowingBuffer plain = new(DecompressedBytesMax);
        if (RecordCompression.TryDecompress(batch.Codec, batch.Records, plain, out string? fault))
            return new SharedBytes(plain.WrittenMemory, plain);
        plain.Dispose();
        throw new FormatException(fault);
    }

    // Offsets that compaction emptied lie between a batch's last record and its end.
    private void CloseBatch(ref OffsetPosition next)
    {
        _records?.Dispose();
        _records = null;
        if (_batchEnd > next.Offset) next = new OffsetPosition(_batchEnd, _epoch);
    }
}
