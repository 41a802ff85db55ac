namespace PerfLog.Records;

/// <summary>
/// Borrowed bytes that may be null, which in a record is not the same as empty: a null value is a tombstone.
/// </summary>
public readonly ref struct OptionalBytes
{
    public OptionalBytes(ReadOnlySpan<byte> span)
    {
        Span = span;
        HasValue = true;
    }

    public static OptionalBytes Null => default;

    /// <summary>The bytes; empty when null.</summary>
    public ReadOnlySpan<byte> Span { get; }

    public bool HasValue { get; }

    public bool IsNull => !HasValue;

    public static implicit operator OptionalBytes(ReadOnlySpan<byte> span) => new(span);

    public static implicit operator OptionalBytes(Span<byte> span) => new(span);

    public static implicit operator OptionalBytes(ReadOnlyMemory<byte> memory) => new(memory.Span);

    public static implicit operator OptionalBytes(byte[]? bytes) => bytes is null ? Null : new(bytes);

    public byte[]? ToArray() => HasValue ? Span.ToArray() : null;
}
