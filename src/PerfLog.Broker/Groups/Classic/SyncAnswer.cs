namespace PerfLog.Broker.Groups;

/// <summary>What a request for the assignment is answered with.</summary>
internal sealed record SyncAnswer
{
    public ErrorCode Error { get; init; }

    public string? ProtocolType { get; init; }

    public string? ProtocolName { get; init; }

    public byte[] Assignment { get; init; } = [];

    public static SyncAnswer Failed(ErrorCode error) => new() { Error = error };
}
