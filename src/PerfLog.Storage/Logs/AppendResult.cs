namespace PerfLog.Storage;

/// <summary>What the log answered to an append: where the batch is, or the wire error to return.</summary>
/// <param name="Error">The protocol's error; <see cref="ErrorCode.None"/> for an appended batch and for a duplicate.</param>
/// <param name="BaseOffset">The offset of the first record; of the original batch when it is a duplicate.</param>
/// <param name="NextOffset">The offset after the last record.</param>
/// <param name="LogAppendTime">The batch's time when the log's clock set it, else <see cref="TimestampMs.None"/>.</param>
/// <param name="LogStartOffset">The log's first offset at that time.</param>
/// <param name="Duplicate">The producer sent it before; nothing was written.</param>
public readonly record struct AppendResult(
    ErrorCode Error,
    Offset BaseOffset,
    Offset NextOffset,
    TimestampMs LogAppendTime,
    Offset LogStartOffset,
    bool Duplicate)
{
    /// <summary>A refused append.</summary>
    public static AppendResult Failed(ErrorCode error) =>
        new(error, Offset.None, Offset.None, TimestampMs.None, Offset.None, false);
}
