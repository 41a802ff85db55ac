namespace PerfLog.Records;

/// <summary>
/// One record, read in place. It lives as long as the bytes it lies in; <see cref="RecordEnumerator"/> makes it.
/// </summary>
/// <remarks>The parts are cut out of the bytes when they are asked for: who looks at few of them pays for few.</remarks>
public readonly ref struct RecordView
{
    private readonly ReadOnlySpan<byte> _records;
    private readonly int _keyStart;
    private readonly int _keyLength;
    private readonly int _valueStart;
    private readonly int _valueLength;
    private readonly int _headersStart;
    private readonly int _end;

    /// <param name="records">The batch's plain records.</param>
    /// <param name="bounds">Where the record's parts lie.</param>
    /// <param name="baseOffset">The batch's.</param>
    /// <param name="timestamp">The record's time.</param>
    internal RecordView(ReadOnlySpan<byte> records, scoped in RecordBounds bounds, Offset baseOffset, TimestampMs timestamp)
    {
        _records = records;
        _keyStart = bounds.KeyStart;
        _keyLength = bounds.KeyLength;
        _valueStart = bounds.ValueStart;
        _valueLength = bounds.ValueLength;
        _headersStart = bounds.HeadersStart;
        _end = bounds.End;
        OffsetDelta = bounds.OffsetDelta;
        HeadersCount = bounds.HeadersCount;
        Offset = baseOffset + bounds.OffsetDelta;
        Timestamp = timestamp;
    }

    /// <summary>The record's place in its batch's original sequence of offsets.</summary>
    public int OffsetDelta { get; }

    /// <summary>The record's place in its partition.</summary>
    public Offset Offset { get; }

    /// <summary>The record's own time, or the batch's when the broker stamps batches on arrival.</summary>
    public TimestampMs Timestamp { get; }

    /// <summary>The key, which may be null.</summary>
    public OptionalBytes Key => RecordBounds.Slice(_records, _keyStart, _keyLength);

    /// <summary>The value; a null one is a tombstone.</summary>
    public OptionalBytes Value => RecordBounds.Slice(_records, _valueStart, _valueLength);

    /// <summary>How many headers the record has.</summary>
    public int HeadersCount { get; }

    /// <summary>The headers as they lie in the record, without their count.</summary>
    public ReadOnlySpan<byte> RawHeaders => _records[_headersStart.._end];

    /// <summary>The headers, for <c>foreach</c>.</summary>
    public HeaderEnumerator Headers => new(RawHeaders, HeadersCount);
}
