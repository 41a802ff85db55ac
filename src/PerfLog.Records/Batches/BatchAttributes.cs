namespace PerfLog.Records;

/// <summary>The flags of a batch. The lowest three bits hold the <see cref="CompressionCodec"/>.</summary>
[Flags]
public enum BatchAttributes : short
{
    /// <summary>No codec, the producer's own times, neither transaction nor marker.</summary>
    None = 0,

    /// <summary>The bits that hold the codec's number.</summary>
    CodecMask = 0x07,

    /// <summary>The broker stamped the batch on arrival: every record has its <see cref="RecordBatchView.MaxTimestamp"/>.</summary>
    LogAppendTime = 0x08,

    /// <summary>The records belong to a transaction of their producer.</summary>
    Transactional = 0x10,

    /// <summary>The one record is a marker that ends a transaction; consumers do not see it.</summary>
    Control = 0x20,

    /// <summary>The base timestamp's place holds the time from which compaction may drop the batch's tombstones or marker.</summary>
    DeleteHorizon = 0x40,

    /// <summary>Every bit that has a meaning; others must be 0.</summary>
    Known = CodecMask | LogAppendTime | Transactional | Control | DeleteHorizon,
}
