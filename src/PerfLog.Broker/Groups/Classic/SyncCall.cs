namespace PerfLog.Broker.Groups;

/// <summary>A request for the assignment; the leader's brings it.</summary>
internal sealed record SyncCall
{
    public required string MemberId { get; init; }

    public string? InstanceId { get; init; }

    public required int Generation { get; init; }

    /// <summary>Null where the request's version has none.</summary>
    public string? ProtocolType { get; init; }

    /// <summary>Null where the request's version has none.</summary>
    public string? ProtocolName { get; init; }

    /// <summary>By member id; empty from all but the leader.</summary>
    public IReadOnlyDictionary<string, byte[]> Assignments { get; init; } = new Dictionary<string, byte[]>();
}
