namespace PerfLog.Storage;

/// <summary>What compaction may use, named and defaulted as Kafka's <c>log.cleaner.</c> keys. Immutable.</summary>
public sealed record CompactionSettings
{
    /// <summary><c>dedupe.buffer.size</c>: the memory for the keys of one log being compacted.</summary>
    public long DedupeBufferBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary><c>io.buffer.load.factor</c>: how full the table of keys may become.</summary>
    public double LoadFactor { get; init; } = 0.9;

    /// <summary><c>io.buffer.size</c>: the bytes read and written at once; a larger batch takes more.</summary>
    public int IoBufferBytes { get; init; } = 512 * 1024;

    /// <summary><c>io.max.bytes.per.second</c>: reading and writing together.</summary>
    public double BytesPerSecondMax { get; init; } = double.MaxValue;
}
