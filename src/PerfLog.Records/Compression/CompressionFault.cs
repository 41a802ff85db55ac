namespace PerfLog.Records;

/// <summary>What can be wrong with compressed records, in words for the one who sent them.</summary>
internal static class CompressionFault
{
    public const string TooLarge = "the records decompress to more bytes than allowed";
    public const string UnknownCodec = "the batch names an unknown codec";
    public const string Gzip = "the records are no valid gzip stream";
    public const string Snappy = "the records are no valid snappy data";
    public const string Lz4 = "the records are no valid lz4 frame";
    public const string Lz4Header = "the lz4 frame's header is not one this format allows";
    public const string Lz4Checksum = "a checksum in the lz4 frame does not match";
    public const string Zstd = "the records are no valid zstd frame";
}
