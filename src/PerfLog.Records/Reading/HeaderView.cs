namespace PerfLog.Records;

/// <summary>One header of a record, read in place.</summary>
public readonly ref struct HeaderView(ReadOnlySpan<byte> keyUtf8, OptionalBytes value)
{
    /// <summary>The key's text in UTF-8.</summary>
    public ReadOnlySpan<byte> KeyUtf8 { get; } = keyUtf8;

    /// <summary>The value, which may be null.</summary>
    public OptionalBytes Value { get; } = value;
}
