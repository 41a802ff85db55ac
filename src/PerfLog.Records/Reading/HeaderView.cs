namespace PerfLog.Records;

/// <summary>One header of a record, read in place.</summary>
public readonly ref struct HeaderView(ReadOnlySpan<byte> keyUtf8, OptionalBytes value)
{
    public ReadOnlySpan<byte> KeyUtf8 { get; } = keyUtf8;

    public OptionalBytes Value { get; } = value;
}
