namespace PerfLog.Records;

/// <summary>What became of batches for an old client: messages, or the wire error to answer.</summary>
public readonly record struct DownConversion(ErrorCode Error, string? Message)
{
    /// <summary>Whether there are messages to send.</summary>
    public bool IsConverted => Error == ErrorCode.None;
}
