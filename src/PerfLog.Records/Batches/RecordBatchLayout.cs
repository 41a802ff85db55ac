namespace PerfLog.Records;

/// <summary>
/// Where the fields of a record batch (magic 2) lie. Big-endian.
/// <code>
/// at  size  field                     covered by the CRC
///  0   8    base offset               no: the broker assigns it
///  8   4    batch length              no: bytes after this field
/// 12   4    partition leader epoch    no: the broker assigns it
/// 16   1    magic = 2                 no
/// 17   4    CRC-32C of byte 21..end
/// 21   2    attributes                yes
/// 23   4    last offset delta         yes
/// 27   8    base timestamp            yes
/// 35   8    max timestamp             yes
/// 43   8    producer id               yes
/// 51   2    producer epoch            yes
/// 53   4    base sequence             yes
/// 57   4    records count             yes
/// 61   ..   records, compressed as one block when the attributes name a codec
/// </code>
/// </summary>
public static class RecordBatchLayout
{
    public const int BaseOffset = 0;
    public const int BatchLength = 8;
    public const int PartitionLeaderEpoch = 12;
    public const int Magic = 16;
    public const int Crc = 17;
    public const int Attributes = 21;
    public const int LastOffsetDelta = 23;
    public const int BaseTimestamp = 27;
    public const int MaxTimestamp = 35;
    public const int ProducerId = 43;
    public const int ProducerEpoch = 51;
    public const int BaseSequence = 53;
    public const int RecordsCount = 57;
    public const int Records = 61;

    /// <summary>The header's bytes, and so the size of a batch without records.</summary>
    public const int HeaderBytes = Records;

    /// <summary>The bytes before "batch length" counts: the base offset and the length itself.</summary>
    public const int LengthPrefixBytes = 12;

    /// <summary>The bytes needed to know a batch's size, magic and base offset.</summary>
    public const int ProbeBytes = Magic + 1;

    public const byte CurrentMagic = 2;
}
