namespace PerfLog.Broker.Groups;

/// <summary>A request to join a group.</summary>
internal sealed record JoinCall
{
    /// <summary>Empty for a member that has none yet.</summary>
    public required string MemberId { get; init; }

    /// <summary>The id that is given to a member that has none.</summary>
    public required string NewMemberId { get; init; }

    /// <summary>Null for a dynamic member.</summary>
    public string? InstanceId { get; init; }

    public required string ClientId { get; init; }

    public required string ClientHost { get; init; }

    public required int SessionTimeoutMs { get; init; }

    public required int RebalanceTimeoutMs { get; init; }

    public required string ProtocolType { get; init; }

    /// <summary>In the member's order of preference.</summary>
    public required IReadOnlyList<MemberProtocol> Protocols { get; init; }

    /// <summary>A dynamic member without an id is first given one, and joins with its next request.</summary>
    public bool NeedsKnownId { get; init; }

    /// <summary>The client understands an answer that spares the leader its assignment.</summary>
    public bool MaySkipAssignment { get; init; }

    /// <summary>Why it joins, if it says so.</summary>
    public string? Reason { get; init; }
}
