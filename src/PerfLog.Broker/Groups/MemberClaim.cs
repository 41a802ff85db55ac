namespace PerfLog.Broker.Groups;

/// <summary>Who a request says it comes from. It lives as long as the request's bytes do.</summary>
internal readonly ref struct MemberClaim
{
    public const int NoGeneration = -1;

    public MemberClaim(ReadOnlySpan<char> memberId, string? instanceId, int generation)
    {
        MemberId = memberId;
        InstanceId = instanceId;
        HasInstanceId = instanceId is not null;
        Generation = generation;
    }

    /// <summary>Empty when the request names no member.</summary>
    public ReadOnlySpan<char> MemberId { get; init; }

    public ReadOnlySpan<char> InstanceId { get; init; }

    public bool HasInstanceId { get; init; }

    /// <summary>The generation; the member epoch in groups whose members have one. Negative when the request has none.</summary>
    public int Generation { get; init; }

    /// <summary>The request's version is older than member epochs, so that a member that has one cannot have meant it.</summary>
    public bool PredatesEpochs { get; init; }

    public bool IsAnonymous => MemberId.IsEmpty && !HasInstanceId;
}
