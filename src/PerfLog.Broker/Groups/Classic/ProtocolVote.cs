namespace PerfLog.Broker.Groups;

/// <summary>Finds the protocol that members have in common. All methods are pure.</summary>
internal static class ProtocolVote
{
    /// <summary>Whether a newcomer shares a protocol with all the others.</summary>
    public static bool Accepts(IReadOnlyCollection<ClassicMember> others, IReadOnlyList<MemberProtocol> protocols) =>
        protocols.Any(protocol => others.All(member => member.Supports(protocol.Name)));

    public static bool HaveOneInCommon(IReadOnlyCollection<ClassicMember> members) => CommonTo(members).Count > 0;

    /// <summary>
    /// Each member votes for the first of its protocols that all support; most votes win. Of equal ones the one that a
    /// member further in front prefers wins, so that the choice does not depend on chance.
    /// </summary>
    public static string Choose(IReadOnlyCollection<ClassicMember> members)
    {
        HashSet<string> common = CommonTo(members);
        var votes = new Dictionary<string, int>(StringComparer.Ordinal);
        string? chosen = null;
        foreach (ClassicMember member in members)
        {
            string vote = member.Protocols.First(protocol => common.Contains(protocol.Name)).Name;
            votes[vote] = votes.GetValueOrDefault(vote) + 1;
        }

        foreach (ClassicMember member in members)
        {
            string vote = member.Protocols.First(protocol => common.Contains(protocol.Name)).Name;
            if (chosen is null || votes[vote] > votes[chosen]) chosen = vote;
        }

        return chosen ?? throw new InvalidOperationException("Members without a protocol in common cannot be in one group.");
    }

    private static HashSet<string> CommonTo(IReadOnlyCollection<ClassicMember> members)
    {
        HashSet<string>? common = null;
        foreach (ClassicMember member in members)
        {
            IEnumerable<string> names = member.Protocols.Select(static protocol => protocol.Name);
            if (common is null) common = [.. names];
            else common.IntersectWith(names);
        }

        return common ?? [];
    }
}
