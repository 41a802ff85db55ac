using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>A record to append among many. It lends its memory for the time of the call.</summary>
/// <param name="Key">The key; null for none.</param>
/// <param name="Value">The value; null marks the key as deleted where the log is compacted.</param>
public readonly record struct NewRecord(ReadOnlyMemory<byte>? Key, ReadOnlyMemory<byte>? Value)
{
    /// <summary>The record's time; null for the time of its append.</summary>
    public TimestampMs? Timestamp { get; init; }

    /// <summary>The record's headers.</summary>
    public ReadOnlyMemory<RecordHeader> Headers { get; init; }

    internal OptionalBytes KeyBytes => Key is { } key ? new OptionalBytes(key.Span) : OptionalBytes.Null;

    internal OptionalBytes ValueBytes => Value is { } value ? new OptionalBytes(value.Span) : OptionalBytes.Null;
}
