namespace PerfLog.Records;

/// <summary>
/// Where the fields of a message of the old formats (magic 0 and 1) lie. Big-endian.
/// <code>
/// at  size  field
///  0   8    offset               of a wrapper: that of its last inner message
///  8   4    message size         bytes after this field
/// 12   4    CRC-32 (zlib's) of byte 16..end
/// 16   1    magic                0 or 1, at the same place as a batch's
/// 17   1    attributes           bits 0-2 codec, bit 3 log-append time (magic 1)
/// 18   8    timestamp            magic 1 only
/// ..   4    key length, -1 null, and the key
/// ..   4    value length, -1 null, and the value
/// </code>
/// A compressed message is a wrapper: its value is a whole set of plain messages of the same magic. Their offsets are
/// the real ones in magic 0, and counted from the set's first in magic 1.
/// </summary>
internal static class LegacyMessageLayout
{
    public const int Offset = 0;
    public const int MessageSize = 8;
    public const int Crc = 12;
    public const int Magic = 16;
    public const int Attributes = 17;
    public const int Body = 18;

    /// <summary>The bytes before "message size" counts.</summary>
    public const int SizePrefixBytes = 12;

    public const byte CodecMask = 0x07;
    public const byte LogAppendTimeFlag = 0x08;
    public const byte Magic0 = 0;
    public const byte Magic1 = 1;
}
