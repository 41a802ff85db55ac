using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>A record to append among many. It lends its memory for the time of the call.</summary>
/// <param name="Key">The key; null for none.</param>
/// <param name="Value">The value; null marks the key as deleted where the log is compacted.</param>
public readonly record struct NewRecord(ReadOnlyMemory<byte>? Key, ReadOnlyMemory<byte>? Value)
{
    // Null arrays would otherwise become empty memory on their way to the other constructor.

    /// <summary>A record of arrays.</summary>
    /// <param name="key">The key; null for none.</param>
    /// <param name="value">The value; null for none.</param>
    public NewRecord(byte[]? key, byte[]? value)
        : this(Memory(key), Memory(value))
    {
    }

    /// <inheritdoc cref="NewRecord(byte[], byte[])"/>
    public NewRecord(ReadOnlyMemory<byte>? key, byte[]? value)
        : this(key, Memory(value))
    {
    }

    /// <inheritdoc cref="NewRecord(byte[], byte[])"/>
    public NewRecord(byte[]? key, ReadOnlyMemory<byte>? value)
        : this(Memory(key), value)
    {
    }

    /// <summary>The record's time; null for the time of its append.</summary>
    public TimestampMs? Timestamp { get; init; }

    /// <summary>The record's headers.</summary>
    public ReadOnlyMemory<RecordHeader> Headers { get; init; }

    internal OptionalBytes KeyBytes => Key is { } key ? new OptionalBytes(key.Span) : OptionalBytes.Null;

    internal OptionalBytes ValueBytes => Value is { } value ? new OptionalBytes(value.Span) : OptionalBytes.Null;

    private static ReadOnlyMemory<byte>? Memory(byte[]? bytes) => bytes is null ? default(ReadOnlyMemory<byte>?) : bytes;
}
