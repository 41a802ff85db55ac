namespace PerfLog.Records;

/// <summary>
/// One record, read in place. It lives as long as the bytes it lies in; <see cref="RecordEnumerator"/> makes it.
/// </summary>
public readonly ref struct RecordView
{
    /// <summary>The record's place in its batch's original sequence of offsets.</summary>
    public int OffsetDelta { get; internal init; }

    public Offset Offset { get; internal init; }

    /// <summary>The record's own time, or the batch's when the broker stamps batches on arrival.</summary>
    public TimestampMs Timestamp { get; internal init; }

    public OptionalBytes Key { get; internal init; }

    public OptionalBytes Value { get; internal init; }

    public int HeadersCount { get; internal init; }

    /// <summary>The headers as they lie in the record, without their count.</summary>
    public ReadOnlySpan<byte> RawHeaders { get; internal init; }

    public HeaderEnumerator Headers => new(RawHeaders, HeadersCount);
}
