using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// A record that was read while following a log's tail. Its memory is the follower's and lasts until the next record is asked
/// for; whoever keeps a record longer copies it.
/// </summary>
public readonly struct StoredRecord
{
    private readonly ReadOnlyMemory<byte> _headers;
    private readonly int _headersCount;

    internal StoredRecord(RecordBatchView batch, ReadOnlyMemory<byte> records, in RecordBounds bounds)
    {
        Offset = batch.BaseOffset + bounds.OffsetDelta;
        Timestamp = batch.IsLogAppendTime ? batch.MaxTimestamp : batch.BaseTimestamp + bounds.TimestampDelta;
        Key = Slice(records, bounds.KeyStart, bounds.KeyLength);
        Value = Slice(records, bounds.ValueStart, bounds.ValueLength);
        _headers = records[bounds.HeadersStart..bounds.End];
        _headersCount = bounds.HeadersCount;
    }

    /// <summary>The record's place in the log.</summary>
    public Offset Offset { get; }

    /// <summary>The record's time.</summary>
    public TimestampMs Timestamp { get; }

    /// <summary>The key; null when the record has none.</summary>
    public ReadOnlyMemory<byte>? Key { get; }

    /// <summary>The value; null when the record marks its key as deleted.</summary>
    public ReadOnlyMemory<byte>? Value { get; }

    /// <summary>The headers.</summary>
    public HeaderEnumerator Headers => new(_headers.Span, _headersCount);

    // A bare null would be no bytes: it becomes memory over an array that is null.
    private static ReadOnlyMemory<byte>? Slice(ReadOnlyMemory<byte> records, int start, int length) =>
        length < 0 ? default(ReadOnlyMemory<byte>?) : records.Slice(start, length);
}
