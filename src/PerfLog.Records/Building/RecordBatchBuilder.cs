using System.Buffers;
using System.Diagnostics;
using PerfLog.Buffers;
using PerfLog.Wire;

namespace PerfLog.Records;

/// <summary>
/// Gathers records into one batch: <see cref="Begin(in BatchProperties)"/>, appends, <see cref="Build"/>, and again.
/// One thread at a time. Made once and used for many batches it allocates nothing, whatever the codec costs itself.
/// </summary>
/// <param name="bytesMax">The largest batch, with its header, before compression. Records that do not compress may come
/// out larger by what the codec frames them with.</param>
/// <param name="pool">Where its memory comes from.</param>
public sealed class RecordBatchBuilder(int bytesMax, ArrayPool<byte> pool) : IDisposable
{
    /// <summary>
    /// More than any codec adds to what it cannot compress, beside a sixth of it in snappy's worst case.
    /// </summary>
    private const int CodecOverheadBytes = 64 * 1024;

    private readonly GrowingBuffer _plain = new(pool, bytesMax);
    private readonly GrowingBuffer _compressed = new(pool, 0);
    private BatchProperties _properties = new();
    private TimestampMs _baseTimestamp;
    private TimestampMs _maxTimestamp;
    private int _lastOffsetDelta;

    /// <inheritdoc cref="RecordBatchBuilder(int, ArrayPool{byte})"/>
    public RecordBatchBuilder(int bytesMax)
        : this(bytesMax, ArrayPool<byte>.Shared)
    {
    }

    /// <summary>The records in the batch that was begun last.</summary>
    public int RecordsCount { get; private set; }

    /// <summary>The batch's bytes before compression.</summary>
    public int SizeBytes => Math.Max(_plain.WrittenBytes, RecordBatchLayout.HeaderBytes);

    /// <summary>The gathered records, never compressed. Valid until the next <see cref="Begin(in BatchProperties)"/>.</summary>
    public ReadOnlySpan<byte> PlainRecords => _plain.WrittenSpan[RecordBatchLayout.HeaderBytes..];

    /// <summary>Drops what was gathered and starts a batch.</summary>
    public void Begin(in BatchProperties properties) => Begin(properties, bytesMax);

    /// <summary>Drops what was gathered and starts a batch with a limit of its own.</summary>
    public void Begin(in BatchProperties properties, int batchBytesMax)
    {
        _properties = properties;
        _plain.Reset(batchBytesMax);
        _plain.GetSpan(RecordBatchLayout.HeaderBytes);
        _plain.Advance(RecordBatchLayout.HeaderBytes);
        _lastOffsetDelta = -1;
        _baseTimestamp = properties.DeleteHorizon ?? TimestampMs.None;
        _maxTimestamp = TimestampMs.None;
        RecordsCount = 0;
    }

    /// <summary>
    /// Gives the batch its place in a producer's sequence, which is known only when it is about to be sent.
    /// </summary>
    public void AssignProducer(ProducerId id, short epoch, int baseSequence) =>
        _properties = _properties with { ProducerId = id, ProducerEpoch = epoch, BaseSequence = baseSequence };

    /// <summary>Chooses the codec late, when it depends on what was appended.</summary>
    public void UseCodec(CompressionCodec codec) => _properties = _properties with { Codec = codec };

    /// <summary>Appends a record at the next offset.</summary>
    /// <returns>False when the batch would become too large; nothing is appended then.</returns>
    public bool TryAppend(
        TimestampMs timestamp, OptionalBytes key, OptionalBytes value, ReadOnlySpan<RecordHeader> headers = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timestamp.Value, TimestampMs.None.Value, nameof(timestamp));
        if (_lastOffsetDelta == int.MaxValue) return false;
        long headersBytes = RecordEncoding.HeadersBytes(headers);
        if (!TryReserve(timestamp, _lastOffsetDelta + 1, key, value, headers.Length, headersBytes, out WireWriter writer))
            return false;
        RecordEncoding.WriteHeaders(ref writer, headers);
        Count(ref writer, timestamp, _lastOffsetDelta + 1);
        return true;
    }

    /// <summary>
    /// Appends a copy of a record of another batch, at its own offset, which must lie after the last one.
    /// </summary>
    /// <returns>False when the batch would become too large; nothing is appended then.</returns>
    public bool TryAppendCopy(RecordView record)
    {
        long delta = record.Offset - _properties.BaseOffset;
        if (delta <= _lastOffsetDelta || delta > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(record), record.Offset.Value, "The offset does not follow the batch's last one.");
        }

        ReadOnlySpan<byte> headers = record.RawHeaders;
        TimestampMs time = record.Timestamp;
        int count = record.HeadersCount;
        if (!TryReserve(time, (int)delta, record.Key, record.Value, count, headers.Length, out WireWriter writer))
            return false;
        writer.WriteRaw(headers);
        Count(ref writer, record.Timestamp, (int)delta);
        return true;
    }

    /// <summary>Finishes a batch whose last records were left out: it ends at a later offset than its last record.</summary>
    internal Memory<byte> BuildEndingAt(Offset lastOffset)
    {
        _lastOffsetDelta = (int)(lastOffset - _properties.BaseOffset);
        return Build();
    }

    /// <summary>Finishes the batch.</summary>
    /// <returns>Its bytes; they are valid, and may be changed, until the next
    /// <see cref="Begin(in BatchProperties)"/>.</returns>
    public Memory<byte> Build()
    {
        if (RecordsCount == 0) throw new InvalidOperationException("A batch without records cannot be built.");
        Memory<byte> batch = _properties.Codec == CompressionCodec.None ? _plain.WrittenMemory : Compress();
        RecordBatchHeader.Write(batch.Span, Totals());
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plain.Dispose();
        _compressed.Dispose();
    }

    private bool HasBaseTimestamp => RecordsCount > 0 || _properties.DeleteHorizon is not null;

    private bool TryReserve(
        TimestampMs timestamp,
        int offsetDelta,
        OptionalBytes key,
        OptionalBytes value,
        int headersCount,
        long headersBytes,
        out WireWriter writer)
    {
        long timestampDelta = HasBaseTimestamp ? timestamp.Value - _baseTimestamp.Value : 0;
        long body = RecordEncoding.BodyBytes(timestampDelta, offsetDelta, key, value, headersCount, headersBytes);
        long bytes = Varint.SizeOfSigned(body) + body;
        writer = default;
        if (bytes > _plain.FreeBytes || !_plain.TryGetSpan((int)bytes, out Span<byte> free)) return false;
        writer = new WireWriter(free[..(int)bytes]);
        writer.WriteVarint((int)body);
        RecordEncoding.WriteBody(ref writer, timestampDelta, offsetDelta, key, value, headersCount);
        return true;
    }

    private void Count(scoped ref WireWriter writer, TimestampMs timestamp, int offsetDelta)
    {
        Debug.Assert(writer.Free.IsEmpty, "The computed size of a record is its written size.");
        _plain.Advance(writer.Position);
        if (!HasBaseTimestamp) _baseTimestamp = timestamp;
        if (timestamp > _maxTimestamp) _maxTimestamp = timestamp;
        _lastOffsetDelta = offsetDelta;
        RecordsCount++;
    }

    private Memory<byte> Compress()
    {
        ReadOnlySpan<byte> records = _plain.WrittenSpan[RecordBatchLayout.HeaderBytes..];
        _compressed.Reset((int)Math.Min(records.Length + (records.Length / 4L) + CodecOverheadBytes, Array.MaxLength));
        _compressed.GetSpan(RecordBatchLayout.HeaderBytes);
        _compressed.Advance(RecordBatchLayout.HeaderBytes);
        if (!RecordCompression.TryCompress(_properties.Codec, records, _compressed))
        {
            throw new InvalidOperationException(
                $"{_properties.Codec} made {records.Length} bytes larger by more than it can.");
        }

        return _compressed.WrittenMemory;
    }

    private BatchTotals Totals() => new(_properties, _lastOffsetDelta, _baseTimestamp, _maxTimestamp, RecordsCount);
}
