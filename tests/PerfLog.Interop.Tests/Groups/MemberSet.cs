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

    /// <summary>Whether the partitions are shared out: each has one of the members that are named, or of all of them.</summary>
    public bool Share(int partitions, params GroupMember[] among)
    {
        int[] owned = [.. (among.Length == 0 ? _members : [.. among]).SelectMany(static member => member.Partitions)];
        return owned.Length == partitions && owned.Distinct().Count() == partitions;
    }

    public void Dispose()
    {
        // All at once: each would otherwise wait for a rebalance of the others.
        Parallel.ForEach(_members, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, _members.Count) }, static member => member.Dispose());
    }
}
