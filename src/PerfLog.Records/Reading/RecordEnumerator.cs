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
    private readonly ReadOnlySpan<byte> _records;
    private readonly Offset _baseOffset;
    private readonly TimestampMs _baseTimestamp;
    private readonly TimestampMs _logAppendTime;
    private readonly bool _isLogAppendTime;
    private RecordBounds _bounds;
    private int _left;

    /// <param name="batch">The header is enough.</param>
    /// <param name="records">The batch's records, no longer compressed.</param>
    public RecordEnumerator(RecordBatchView batch, ReadOnlySpan<byte> records)
    {
        _records = records;
        _baseOffset = batch.BaseOffset;
        _baseTimestamp = batch.BaseTimestamp;
        _logAppendTime = batch.MaxTimestamp;
        _isLogAppendTime = batch.IsLogAppendTime;
        _left = batch.RecordsCount;
    }

    /// <summary>The record that the last <see cref="MoveNext"/> which answered true came to.</summary>
    public readonly RecordView Current => new(_records, _bounds, _baseOffset, Timestamp);

    /// <summary>What was wrong with the first bad record; null while all is well.</summary>
    public string? Fault { get; private set; }

    /// <summary>The present record's place in its batch's original sequence of offsets.</summary>
    public readonly int OffsetDelta => _bounds.OffsetDelta;

    internal readonly TimestampMs Timestamp => _isLogAppendTime ? _logAppendTime : _baseTimestamp + _bounds.TimestampDelta;

    internal readonly bool HasKey => _bounds.KeyLength >= 0;

    /// <summary>For <c>foreach</c>, which walks a copy.</summary>
    public readonly RecordEnumerator GetEnumerator() => this;

    /// <summary>Goes to the next record; false behind the last and at a bad one.</summary>
    public bool MoveNext()
    {
        if (_left <= 0) return AtEnd();
        _left--;
        if (RecordBounds.TryRead(_records, _bounds.End, out _bounds)) return true;
        return Fail("a record is misshapen: its fields do not add up to its length");
    }

    private bool AtEnd()
    {
        if (_left < 0) return Fail("the batch's count of records is negative");
        if (Fault is null && _bounds.End != _records.Length) return Fail("bytes follow the last record");
        return false;
    }

    private bool Fail(string fault)
    {
        Fault = fault;
        _left = 0;
        return false;
    }
}
