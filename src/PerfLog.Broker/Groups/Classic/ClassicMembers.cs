namespace PerfLog.Broker.Groups;

/// <summary>
/// The members of a classic group: by id, static ones also by instance, and those who were given an id and have yet to join
/// with it. Its group's lock guards it.
/// </summary>
internal sealed class ClassicMembers
{
    private readonly Dictionary<string, ClassicMember> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClassicMember> _byInstance = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _pending = new(StringComparer.Ordinal);

    public int Count => _byId.Count;

    public int PendingCount => _pending.Count;

    public Dictionary<string, ClassicMember>.ValueCollection All => _byId.Values;

    /// <summary>The longest that a member may take to join again.</summary>
    public int RebalanceTimeoutMs => _byId.Count == 0 ? 0 : _byId.Values.Max(static member => member.RebalanceTimeoutMs);

    public int AwaitingJoinCount => _byId.Values.Count(static member => member.IsAwaitingJoin);

    /// <summary>Nobody is left whose joining could be waited for.</summary>
    public bool HaveAllJoined => _pending.Count == 0 && _byId.Values.All(static member => member.IsAwaitingJoin);

    /// <summary>When the first of them counts as gone.</summary>
    public long NextDeadlineTick
    {
        get
        {
            long next = Moment.Never;
            foreach (ClassicMember member in _byId.Values) next = Math.Min(next, member.DeadlineTick);
            foreach (long deadline in _pending.Values) next = Math.Min(next, deadline);
            return next;
        }
    }

    public ClassicMember? Find(ReadOnlySpan<char> id) =>
        _byId.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out ClassicMember? member) ? member : null;

    public ClassicMember? FindStatic(ReadOnlySpan<char> instanceId) =>
        _byInstance.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(instanceId, out ClassicMember? member) ? member : null;

    /// <summary>The member that a request claims to come from, or why it does not.</summary>
    public ErrorCode TryFind(MemberClaim claim, out ClassicMember? member)
    {
        member = null;
        if (claim.HasInstanceId)
        {
            // The instance is known by another id: a newer client has taken its place, and this one is a ghost.
            ClassicMember? current = FindStatic(claim.InstanceId);
            if (current is null) return ErrorCode.UnknownMemberId;
            if (!claim.MemberId.SequenceEqual(current.Id)) return ErrorCode.FencedInstanceId;
        }

        member = Find(claim.MemberId);
        return member is null ? ErrorCode.UnknownMemberId : ErrorCode.None;
    }

    public bool IsPending(string id) => _pending.ContainsKey(id);

    public void AddPending(string id, long deadlineTick) => _pending[id] = deadlineTick;

    public bool RemovePending(string id) => _pending.Remove(id);

    public void RemoveOverduePending(Moment now)
    {
        foreach ((string id, long deadline) in _pending)
        {
            if (deadline <= now.TickMs) _pending.Remove(id);
        }
    }

    public void Add(ClassicMember member)
    {
        _byId.Add(member.Id, member);
        if (member.InstanceId is { } instance) _byInstance.Add(instance, member);
        _pending.Remove(member.Id);
    }

    public void Remove(ClassicMember member)
    {
        _byId.Remove(member.Id);
        if (member.InstanceId is { } instance) _byInstance.Remove(instance);
    }

    /// <summary>A static member came back under another id.</summary>
    public void Rename(ClassicMember member, string id)
    {
        _byId.Remove(member.Id);
        member.Id = id;
        _byId.Add(id, member);
    }

    public void Clear()
    {
        _byId.Clear();
        _byInstance.Clear();
        _pending.Clear();
    }
}
