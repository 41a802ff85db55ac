namespace PerfLog.Records;

/// <summary>A header of a record to write. Keys may repeat; the value may be null.</summary>
public readonly record struct RecordHeader(string Key, ReadOnlyMemory<byte>? Value)
{
    // A null array would otherwise become empty memory on its way to the other constructor.

    /// <summary>A header whose value is an array.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; null for none.</param>
    public RecordHeader(string key, byte[]? value)
        : this(key, value is null ? null : (ReadOnlyMemory<byte>?)value)
    {
    }
}
