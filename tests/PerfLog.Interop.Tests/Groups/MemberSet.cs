namespace PerfLog.Interop.Groups;

/// <summary>The members of one group that a test started; disposed, they leave.</summary>
internal sealed class MemberSet : IDisposable
{
    private readonly List<GroupMember> _members = [];

    public IReadOnlyList<GroupMember> Members => _members;

    /// <summary>What all of them read, those that ended included.</summary>
    public List<string> ReadValues => [.. _members.SelectMany(static member => member.Read).Select(static record => record.Message.Value)];

    public GroupMember Add(GroupMember member)
    {
        _members.Add(member);
        return member;
    }

    /// <summary>
    /// Whether the partitions are shared out: each has one of the members that are named, or of all of them, and no member is
    /// without while another could spare one.
    /// </summary>
    public bool Share(int partitions, params GroupMember[] among)
    {
        IReadOnlySet<int>[] shares = [.. (among.Length == 0 ? _members : [.. among]).Select(static member => member.Partitions)];
        int[] owned = [.. shares.SelectMany(static share => share)];
        return owned.Length == partitions
            && owned.Distinct().Count() == partitions
            && shares.Count(static share => share.Count > 0) == Math.Min(shares.Length, partitions);
    }

    public void Dispose()
    {
        // All at once: each would otherwise wait for a rebalance of the others.
        Parallel.ForEach(_members, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, _members.Count) }, static member => member.Dispose());
    }
}
