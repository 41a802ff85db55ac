namespace PerfLog.Records;

/// <summary>How the records of a batch are compressed, numbered as in the batch's attributes.</summary>
public enum CompressionCodec : byte
{
    /// <summary>The records lie in the batch as they are.</summary>
    None = 0,

    /// <summary>RFC 1952.</summary>
    Gzip = 1,

    /// <summary>Snappy, framed as Java's <c>SnappyOutputStream</c> has it.</summary>
    Snappy = 2,

    /// <summary>LZ4 frames.</summary>
    Lz4 = 3,

    /// <summary>Zstandard, for clients that know version 7 of Produce and 10 of Fetch.</summary>
    Zstd = 4,
}
