namespace PerfLog.Client.Producing;

/// <summary>A record in bytes, for sending many at once.</summary>
/// <param name="Key">Its key; null for none.</param>
/// <param name="Value">Its value; null for a tombstone.</param>
public readonly record struct RawRecord(ReadOnlyMemory<byte>? Key, ReadOnlyMemory<byte>? Value)
{
    // Null arrays would otherwise become empty memory on their way to the other constructor.

    /// <summary>A record of arrays.</summary>
    /// <param name="key">The key; null for none.</param>
    /// <param name="value">The value; null for none.</param>
    public RawRecord(byte[]? key, byte[]? value)
        : this(Memory(key), Memory(value))
    {
    }

    /// <inheritdoc cref="RawRecord(byte[], byte[])"/>
    public RawRecord(ReadOnlyMemory<byte>? key, byte[]? value)
        : this(key, Memory(value))
    {
    }

    /// <inheritdoc cref="RawRecord(byte[], byte[])"/>
    public RawRecord(byte[]? key, ReadOnlyMemory<byte>? value)
        : this(Memory(key), value)
    {
    }

    private static ReadOnlyMemory<byte>? Memory(byte[]? bytes) => bytes is null ? default(ReadOnlyMemory<byte>?) : bytes;
}
