using PerfLog.Buffers;
using PerfLog.Hashing;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Records being gathered into one batch, in a block with room for the header in front. Whoever holds the intake's latch
/// appends; once it is sealed it belongs to the intake's writer, who finishes it. Used again for many batches.
/// </summary>
internal sealed class GatheredBatch
{
    // A codec may frame what it cannot compress; beside a sixth of it in snappy's worst case, this is more than any adds.
    private const int CodecOverheadBytes = 64 * 1024;

    private byte[] _block = [];
    private Memory<byte> _prepared;
    private int _bytes;
    private int _bytesMax;
    private long _baseTimestamp;
    private long _maxTimestamp;
    private bool _isSummed;
    private uint _recordsCrc;

    public Offset BaseOffset { get; private set; }

    public int Count { get; private set; }

    public Offset NextOffset => BaseOffset + Count;

    public bool IsEmpty => Count == 0;

    /// <summary>Whether it has somewhere to put records.</summary>
    public bool HasBlock => _block.Length > 0;

    /// <summary>Starts a batch in a block, which it owns until <see cref="TakeBlock"/>.</summary>
    /// <param name="ownedBlock">Where its records go.</param>
    /// <param name="bytesMax">Its bytes at most.</param>
    /// <param name="isSummed">Whether those who append work out its checksum, record by record, and spare <see cref="Finish"/> that.</param>
    /// <param name="baseOffset">Its first record's offset.</param>
    public void Begin(byte[] ownedBlock, int bytesMax, bool isSummed, Offset baseOffset)
    {
        _isSummed = isSummed;
        _recordsCrc = 0;
        _block = ownedBlock;
        _bytesMax = Math.Min(bytesMax, ownedBlock.Length);
        _bytes = RecordBatchLayout.HeaderBytes;
        _maxTimestamp = TimestampMs.None.Value;
        BaseOffset = baseOffset;
        Count = 0;
    }

    /// <summary>Its first record comes later than thought: something else has taken the offsets. Only while it is empty.</summary>
    public void StartAt(Offset baseOffset) => BaseOffset = baseOffset;

    /// <summary>Takes a batch that its caller made, and lends until it is written.</summary>
    public void BeginPrepared(Memory<byte> batch, int offsetsCount, Offset baseOffset)
    {
        _prepared = batch;
        BaseOffset = baseOffset;
        Count = offsetsCount;
    }

    /// <returns>False when the block has no room for it; nothing is changed then.</returns>
    public bool TryAppend(
        scoped in OptionalBytes key, scoped in OptionalBytes value, long timestamp, ReadOnlySpan<RecordHeader> headers, long headersBytes)
    {
        long delta = Count == 0 ? 0 : timestamp - _baseTimestamp;
        int written = RecordEncoder.TryWrite(_block.AsSpan(_bytes, _bytesMax - _bytes), delta, Count, key, value, headers, headersBytes);
        if (written == 0) return false;
        if (Count == 0) _baseTimestamp = timestamp;
        if (timestamp > _maxTimestamp) _maxTimestamp = timestamp;
        if (_isSummed) _recordsCrc = Crc32C.Append(_recordsCrc, _block.AsSpan(_bytes, written));
        _bytes += written;
        Count++;
        return true;
    }

    /// <summary>Compresses if asked to, writes the header, and sums the batch.</summary>
    /// <returns>The whole batch, valid until the scratch is used again or the block is taken.</returns>
    public Memory<byte> Finish(CompressionCodec codec, LeaderEpoch epoch, GrowingBuffer scratch)
    {
        if (!_prepared.IsEmpty) return _prepared;
        Memory<byte> batch = codec == CompressionCodec.None ? _block.AsMemory(0, _bytes) : Compress(codec, scratch);
        BatchProperties properties = new() { Codec = codec, BaseOffset = BaseOffset, PartitionLeaderEpoch = epoch };
        var totals = new BatchTotals(properties, Count - 1, new TimestampMs(_baseTimestamp), new TimestampMs(_maxTimestamp), Count);
        if (_isSummed && codec == CompressionCodec.None) RecordBatchHeader.Write(batch.Span, totals, _recordsCrc);
        else RecordBatchHeader.Write(batch.Span, totals);
        return batch;
    }

    /// <summary>Gives its block away and is empty; null when it has none.</summary>
    public byte[]? TakeBlock()
    {
        byte[]? block = HasBlock ? _block : null;
        _block = [];
        _prepared = default;
        Count = 0;
        return block;
    }

    private Memory<byte> Compress(CompressionCodec codec, GrowingBuffer scratch)
    {
        ReadOnlySpan<byte> records = _block.AsSpan(RecordBatchLayout.HeaderBytes, _bytes - RecordBatchLayout.HeaderBytes);
        scratch.Reset(records.Length + (records.Length / 4) + CodecOverheadBytes);
        scratch.GetSpan(RecordBatchLayout.HeaderBytes);
        scratch.Advance(RecordBatchLayout.HeaderBytes);
        if (!RecordCompression.TryCompress(codec, records, scratch))
            throw new InvalidOperationException($"{codec} made {records.Length} bytes larger by more than it can.");
        return scratch.WrittenMemory;
    }
}
