namespace PerfLog.Records;

/// <summary>How the records of a batch are compressed, numbered as in the batch's attributes.</summary>
public enum CompressionCodec : byte
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}
