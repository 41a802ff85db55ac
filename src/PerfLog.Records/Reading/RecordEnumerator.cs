using PerfLog.Wire;

namespace PerfLog.Records;

/// <summary>
/// Walks the uncompressed records of one batch, in place and without allocating. Layout of a record:
/// <code>
/// length            varint   bytes after this field
/// attributes        int8     unused
/// timestamp delta   varlong
/// offset delta      varint
/// key               varint length, -1 for null, and bytes
/// value             varint length, -1 for null, and bytes
/// headers           varint count, and for each: varint length and key; varint length, -1 for null, and value
/// </code>
/// </summary>
/// <remarks>It ends at the first bad record, so look at <see cref="Fault"/> afterwards. A <c>foreach</c> walks a copy,
/// whose fault is not seen: use it only on records that were checked.</remarks>
public ref struct RecordEnumerator
{
    private readonly Offset _baseOffset;
    private readonly TimestampMs _baseTimestamp;
    private readonly TimestampMs _logAppendTime;
    private readonly bool _isLogAppendTime;
    private WireReader _reader;
    private int _left;

    /// <param name="batch">The header is enough.</param>
    /// <param name="records">The batch's records, no longer compressed.</param>
    public RecordEnumerator(RecordBatchView batch, ReadOnlySpan<byte> records)
    {
        _baseOffset = batch.BaseOffset;
        _baseTimestamp = batch.BaseTimestamp;
        _logAppendTime = batch.MaxTimestamp;
        _isLogAppendTime = batch.IsLogAppendTime;
        _reader = new WireReader(records);
        _left = batch.RecordsCount;
    }

    public RecordView Current { get; private set; }

    /// <summary>What was wrong with the first bad record; null while all is well.</summary>
    public readonly string? Fault => _reader.Failure;

    public readonly RecordEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_left <= 0) return AtEnd();
        _left--;
        int length = _reader.ReadVarint();
        int start = _reader.Position;
        ReadRecord();
        if (_reader.Position - start != length) _reader.Fail("a record's fields do not fill its length exactly");
        return !_reader.Failed;
    }

    private bool AtEnd()
    {
        if (_left < 0) _reader.Fail("the batch's count of records is negative");
        if (_reader.Remaining > 0) _reader.Fail("bytes follow the last record");
        return false;
    }

    private void ReadRecord()
    {
        _reader.Skip(sizeof(byte));
        long timestampDelta = _reader.ReadVarlong();
        int offsetDelta = _reader.ReadVarint();
        OptionalBytes key = RecordFields.ReadOptionalBytes(ref _reader);
        OptionalBytes value = RecordFields.ReadOptionalBytes(ref _reader);
        int headers = RecordFields.SkipHeaders(ref _reader, out ReadOnlySpan<byte> rawHeaders);
        Current = new RecordView
        {
            OffsetDelta = offsetDelta,
            Offset = _baseOffset + offsetDelta,
            Timestamp = _isLogAppendTime ? _logAppendTime : _baseTimestamp + timestampDelta,
            Key = key,
            Value = value,
            HeadersCount = headers,
            RawHeaders = rawHeaders,
        };
    }
}
