namespace PerfLog.Broker.Groups;

/// <summary>What a member of a consumer group brought that speaks the classic protocol. Immutable.</summary>
/// <param name="SessionTimeoutMs">How long it may be silent; members of the newer protocol leave that to the broker.</param>
/// <param name="Protocols">In the member's order of preference; never empty.</param>
internal sealed record ClassicSide(int SessionTimeoutMs, IReadOnlyList<MemberProtocol> Protocols)
{
    /// <summary>The protocol that the member is told to use: the broker assigns, so that no agreement with others is needed.</summary>
    public MemberProtocol First => Protocols[0];

    public bool Supports(string protocol) => Protocols.Any(supported => supported.Name == protocol);

    public bool IsSame(ClassicSide? other)
    {
        if (other is null || SessionTimeoutMs != other.SessionTimeoutMs || Protocols.Count != other.Protocols.Count) return false;
        return Protocols.Zip(other.Protocols, static (mine, theirs) =>
            mine.Name == theirs.Name && mine.Metadata.AsSpan().SequenceEqual(theirs.Metadata)).All(static same => same);
    }
}
