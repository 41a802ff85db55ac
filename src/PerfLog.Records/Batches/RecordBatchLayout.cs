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
    /// <summary>The first record's offset, 8 bytes.</summary>
    public const int BaseOffset = 0;

    /// <summary>The bytes behind this field, 4 bytes.</summary>
    public const int BatchLength = 8;

    /// <summary>The epoch of the leader that appended the batch, 4 bytes.</summary>
    public const int PartitionLeaderEpoch = 12;

    /// <summary>The format's number, 1 byte.</summary>
    public const int Magic = 16;

    /// <summary>The CRC-32C of all from the attributes to the end, 4 bytes.</summary>
    public const int Crc = 17;

    /// <summary>The <see cref="BatchAttributes"/>, 2 bytes.</summary>
    public const int Attributes = 21;

    /// <summary>The last record's distance from the base offset, 4 bytes.</summary>
    public const int LastOffsetDelta = 23;

    /// <summary>The time from which the records' times are counted, or the delete horizon, 8 bytes.</summary>
    public const int BaseTimestamp = 27;

    /// <summary>The latest time among the records, or that of their append, 8 bytes.</summary>
    public const int MaxTimestamp = 35;

    /// <summary>The idempotent producer, -1 for none, 8 bytes.</summary>
    public const int ProducerId = 43;

    /// <summary>The producer's epoch, -1 for none, 2 bytes.</summary>
    public const int ProducerEpoch = 51;

    /// <summary>The first record's sequence, -1 for none, 4 bytes.</summary>
    public const int BaseSequence = 53;

    /// <summary>How many records there are, 4 bytes.</summary>
    public const int RecordsCount = 57;

    /// <summary>The first record, or the first byte of all when they are compressed.</summary>
    public const int Records = 61;

    /// <summary>The header's bytes, and so the size of a batch without records.</summary>
    public const int HeaderBytes = Records;

    /// <summary>The bytes before "batch length" counts: the base offset and the length itself.</summary>
    public const int LengthPrefixBytes = 12;

    /// <summary>The bytes needed to know a batch's size, magic and base offset.</summary>
    public const int ProbeBytes = Magic + 1;

    /// <summary>The magic of the format that is described here.</summary>
    public const byte CurrentMagic = 2;
}
