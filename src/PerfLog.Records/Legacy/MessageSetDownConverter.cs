using PerfLog.Buffers;

namespace PerfLog.Records;

/// <summary>
/// Turns stored batches into messages of magic 0 or 1, for clients that fetch with versions 0 to 3. Headers are lost,
/// markers are left out, offsets stay. A compressed batch becomes one wrapper of the same codec. One thread at a time;
/// made once and used again.
/// </summary>
/// <param name="decompressedBytesMax">A batch that decompresses to more is refused.</param>
public sealed class MessageSetDownConverter(int decompressedBytesMax) : IDisposable
{
    private readonly GrowingBuffer _records = new(0);
    private readonly GrowingBuffer _inner = new(0);

    /// <summary>
    /// Appends the messages of all whole batches to <paramref name="destination"/>, as many as its limit allows.
    /// </summary>
    /// <param name="batches">Batches as they lie in a segment; the last may be cut off.</param>
    /// <param name="magic">0 for Fetch versions 0 and 1, 1 for versions 2 and 3.</param>
    /// <param name="from">The offset that was asked for: plain messages before it are left out.</param>
    /// <param name="destination">A limit reached after the first batch ends the messages there; the client asks for
    /// more.</param>
    public DownConversion Convert(ReadOnlySpan<byte> batches, byte magic, Offset from, GrowingBuffer destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(magic, LegacyMessageLayout.Magic1);
        int start = destination.WrittenBytes;
        var reader = new RecordBatchReader(batches);
        while (reader.MoveNext())
        {
            if (reader.Current.IsControl) continue;
            int batchStart = destination.WrittenBytes;
            DownConversion conversion = ConvertBatch(reader.Current, magic, from, destination);
            if (conversion.IsConverted) continue;

            // What was converted is of use; the error meets the client again when it asks from here.
            destination.Truncate(batchStart);
            return batchStart > start ? default : conversion;
        }

        return destination.WrittenBytes > start ? default : new DownConversion(reader.Error, reader.Fault);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _records.Dispose();
        _inner.Dispose();
    }

    private DownConversion ConvertBatch(RecordBatchView batch, byte magic, Offset from, GrowingBuffer destination)
    {
        if (!LegacyCompression.IsAllowed(batch.Codec))
        {
            return new DownConversion(
                ErrorCode.UnsupportedCompressionType, "old message formats do not take the batch's codec");
        }

        if (!RecordBatchReader.TryOpen(batch, _records, decompressedBytesMax, out RecordEnumerator records, out string? fault))
            return new DownConversion(ErrorCode.CorruptMessage, fault);
        return batch.Codec == CompressionCodec.None
            ? WritePlain(batch, records, from, new LegacyMessageWriter(destination, magic))
            : WriteWrapped(batch, records, magic, new LegacyMessageWriter(destination, magic));
    }

    private static DownConversion WritePlain(
        RecordBatchView batch, RecordEnumerator records, Offset from, LegacyMessageWriter writer)
    {
        while (records.MoveNext())
        {
            RecordView record = records.Current;
            if (record.Offset < from) continue;
            if (!writer.TryWrite(record.Offset.Value, record.Timestamp, batch.IsLogAppendTime, record.Key, record.Value))
                return TooLarge();
        }

        return Ended(records);
    }

    private DownConversion WriteWrapped(
        RecordBatchView batch, RecordEnumerator records, byte magic, LegacyMessageWriter writer)
    {
        // An old message frames a record with 27 bytes more at most, and a record takes 7 at least.
        _inner.Reset((int)Math.Min((long)decompressedBytesMax * 5, Array.MaxLength));
        var inner = new LegacyMessageWriter(_inner, magic);
        long first = -1;
        long last = -1;
        while (records.MoveNext())
        {
            RecordView record = records.Current;
            last = record.Offset.Value;
            if (first < 0) first = last;
            long innerOffset = magic == LegacyMessageLayout.Magic0 ? last : last - first;
            if (!inner.TryWrite(innerOffset, record.Timestamp, isLogAppendTime: false, record.Key, record.Value))
                return TooLarge();
        }

        if (records.Fault is not null || last < 0) return Ended(records);
        return writer.TryWriteWrapper(last, batch.MaxTimestamp, batch.IsLogAppendTime, batch.Codec, _inner.WrittenSpan)
            ? default
            : TooLarge();
    }

    private static DownConversion Ended(RecordEnumerator records) =>
        records.Fault is null ? default : new DownConversion(ErrorCode.CorruptMessage, records.Fault);

    private static DownConversion TooLarge() =>
        new(ErrorCode.MessageTooLarge, "the batch in the old format is larger than the response may be");
}
