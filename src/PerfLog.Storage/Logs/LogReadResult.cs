namespace PerfLog.Storage;

/// <summary>What the log answered to a read: whole batches in a file, or the wire error to return.</summary>
/// <param name="Error"><see cref="ErrorCode.OffsetOutOfRange"/>, <see cref="ErrorCode.KafkaStorageError"/> or none.</param>
/// <param name="Region">The bytes; empty at the end of the log. Its receiver releases it, once.</param>
public readonly record struct LogReadResult(ErrorCode Error, FileRegion Region)
{
    /// <summary>The region ends where its segment ends, and the next one holds more below the bound: read on from there.</summary>
    public bool HasMoreBehind { get; init; }

    /// <summary>Nothing to read yet.</summary>
    public static readonly LogReadResult Empty;

    /// <summary>A refused read.</summary>
    public static LogReadResult Failed(ErrorCode error) => new(error, default);
}
