namespace PerfLog.Broker.Groups;

/// <summary>A member as the leader is told of it.</summary>
internal sealed record JoinedMember(string MemberId, string? InstanceId, byte[] Metadata);

/// <summary>What a request to join is answered with.</summary>
internal sealed record JoinAnswer
{
    public const int NoGeneration = -1;

    public ErrorCode Error { get; init; }

    public int Generation { get; init; } = NoGeneration;

    public string? ProtocolType { get; init; }

    public string? ProtocolName { get; init; }

    /// <summary>The leader's member id.</summary>
    public string Leader { get; init; } = "";

    /// <summary>The leader need not assign: the assignment of before holds.</summary>
    public bool SkipAssignment { get; init; }

    public required string MemberId { get; init; }

    /// <summary>Only the leader gets them.</summary>
    public IReadOnlyList<JoinedMember> Members { get; init; } = [];

    public static JoinAnswer Failed(ErrorCode error, string memberId) => new() { Error = error, MemberId = memberId };
}
