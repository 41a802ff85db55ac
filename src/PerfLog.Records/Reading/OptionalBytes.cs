namespace PerfLog.Records;

/// <summary>
/// Borrowed bytes that may be null, which in a record is not the same as empty: a null value is a tombstone.
/// </summary>
public readonly ref struct OptionalBytes
{
    /// <summary>Bytes that are there, empty or not.</summary>
    public OptionalBytes(ReadOnlySpan<byte> span)
    {
        Span = span;
        HasValue = true;
    }

    /// <summary>No bytes, as in a tombstone's value.</summary>
    public static OptionalBytes Null => default;

    /// <summary>The bytes; empty when null.</summary>
    public ReadOnlySpan<byte> Span { get; }

    /// <summary>Whether there are bytes, if only empty ones.</summary>
    public bool HasValue { get; }

    /// <summary>Whether there are none.</summary>
    public bool IsNull => !HasValue;

    /// <summary>The bytes of a span.</summary>
    public static implicit operator OptionalBytes(ReadOnlySpan<byte> span) => new(span);

    /// <summary>The bytes of a span.</summary>
    public static implicit operator OptionalBytes(Span<byte> span) => new(span);

    /// <summary>The bytes of memory.</summary>
    public static implicit operator OptionalBytes(ReadOnlyMemory<byte> memory) => new(memory.Span);

    /// <summary>The bytes of an array; a null array is null.</summary>
    public static implicit operator OptionalBytes(byte[]? bytes) => bytes is null ? Null : new(bytes);

    /// <summary>A copy of the bytes; null when they are.</summary>
    public byte[]? ToArray() => HasValue ? Span.ToArray() : null;
}
