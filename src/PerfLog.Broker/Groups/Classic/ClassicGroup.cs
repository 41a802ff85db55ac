namespace PerfLog.Broker.Groups;

/// <summary>
/// A group whose members agree on their partitions among themselves: the coordinator gathers them (<see cref="Join"/>),
/// chooses a leader, and hands out what the leader assigned (<see cref="Sync"/>). How a generation is made is
/// <see cref="ClassicRebalance"/>'s work; here stands who may ask for what, and in which state.
/// </summary>
internal sealed class ClassicGroup : GroupMembership
{
    private readonly ClassicGroupSettings _settings;
    private readonly ClassicRebalance _rebalance;
    private readonly GroupRecord[] _former;
    private bool _isFormerForgotten;

    /// <param name="id">The group's id.</param>
    /// <param name="settings">Its limits and times.</param>
    /// <param name="former">Tombstones for what the group was before, written with its first record.</param>
    public ClassicGroup(string id, ClassicGroupSettings settings, IEnumerable<GroupRecord>? former = null)
    {
        Id = id;
        _settings = settings;
        _former = [.. former ?? []];
        _isFormerForgotten = _former.Length == 0;
        _rebalance = new ClassicRebalance(this, settings);
    }

    public const string TypeName = "classic";

    public string Id { get; }

    public override string Type => TypeName;

    public ClassicState State { get; internal set; } = ClassicState.Empty;

    /// <summary>Rises with every rebalance that came to its end; 0 before the first.</summary>
    public int Generation { get; internal set; }

    /// <summary>Null until members come; from then on only an empty group takes another.</summary>
    public string? MembersProtocolType { get; internal set; }

    /// <summary>The protocol of this generation; null without members.</summary>
    public string? ProtocolName { get; internal set; }

    /// <summary>The member that assigns; null without members.</summary>
    public string? Leader { get; internal set; }

    /// <summary>When the state was last written down.</summary>
    public TimestampMs StateSince { get; internal set; } = TimestampMs.None;

    /// <summary>The topics of this generation's members; null when they are not known.</summary>
    public IReadOnlySet<string>? SubscribedTopics { get; internal set; }

    public ClassicMembers Members { get; } = new();

    public RebalanceHistory History { get; } = new();

    public override string StateName => State.ToString();

    public override string ProtocolType => MembersProtocolType ?? "";

    public override bool IsEmpty => State == ClassicState.Empty;

    public override bool IsDead => State == ClassicState.Dead;

    public override TimestampMs? EmptySince => IsEmpty && StateSince != TimestampMs.None ? StateSince : null;

    public override long NextDeadlineTick => Math.Min(Members.NextDeadlineTick, _rebalance.NextDeadlineTick);

    public Task<JoinAnswer> Join(JoinCall call, Moment now)
    {
        if (IsDead) return Refuse(call, ErrorCode.CoordinatorNotAvailable);
        if (!HasRoomFor(call.MemberId)) return RefuseForGood(call, ErrorCode.GroupMaxSizeReached, now);
        if (!Supports(call)) return Refuse(call, ErrorCode.InconsistentGroupProtocol);
        Task<JoinAnswer> answer = call.MemberId.Length == 0 ? JoinAsNew(call, now) : JoinAsKnown(call, now);
        _rebalance.CompleteJoinIfReady(now);
        return answer;
    }

    public Task<SyncAnswer> Sync(SyncCall call, Moment now)
    {
        if (IsDead) return Refuse(ErrorCode.CoordinatorNotAvailable);
        ErrorCode error = Members.TryFind(new MemberClaim(call.MemberId, call.InstanceId, call.Generation), out ClassicMember? member);
        if (error != ErrorCode.None) return Refuse(error);
        if (call.Generation != Generation) return Refuse(ErrorCode.IllegalGeneration);
        if (call.ProtocolType is { } type && type != MembersProtocolType) return Refuse(ErrorCode.InconsistentGroupProtocol);
        if (call.ProtocolName is { } name && name != ProtocolName) return Refuse(ErrorCode.InconsistentGroupProtocol);
        return State switch
        {
            ClassicState.PreparingRebalance => Refuse(ErrorCode.RebalanceInProgress),
            ClassicState.CompletingRebalance => _rebalance.AwaitAssignment(member!, call, now),
            ClassicState.Stable => Task.FromResult(_rebalance.GiveAssignment(member!, now)),
            _ => Refuse(ErrorCode.UnknownMemberId),
        };
    }

    /// <summary>Says whether the member's generation still stands, and that it lives.</summary>
    public ErrorCode Heartbeat(MemberClaim claim, Moment now)
    {
        ErrorCode error = CheckMember(claim, now);
        return error == ErrorCode.None && State == ClassicState.PreparingRebalance ? ErrorCode.RebalanceInProgress : error;
    }

    /// <summary>A member goes at once in place of being missed later. An empty id takes any member of the instance.</summary>
    public ErrorCode Leave(string memberId, string? instanceId, string? reason, Moment now)
    {
        if (IsDead) return ErrorCode.CoordinatorNotAvailable;
        if (instanceId is null && Members.RemovePending(memberId))
        {
            _rebalance.CompleteJoinIfReady(now);
            return ErrorCode.None;
        }

        ClassicMember? member;
        ErrorCode error = ErrorCode.None;
        if (memberId.Length == 0) member = instanceId is null ? null : Members.FindStatic(instanceId);
        else error = Members.TryFind(new MemberClaim(memberId, instanceId, MemberClaim.NoGeneration), out member);
        if (error != ErrorCode.None) return error;
        if (member is null) return ErrorCode.UnknownMemberId;
        _rebalance.Remove(member, ErrorCode.UnknownMemberId, $"{member.Id} left{Because(reason)}", now);
        return ErrorCode.None;
    }

    public override ErrorCode CheckCommit(MemberClaim claim, Moment now)
    {
        if (IsDead) return ErrorCode.CoordinatorNotAvailable;
        if (claim.Generation < 0 && IsEmpty) return ErrorCode.None;
        if (claim.Generation < 0 && claim.IsAnonymous) return ErrorCode.UnknownMemberId;
        ErrorCode error = CheckMember(claim, now);

        // The member has this generation but not its partitions yet, so what it commits are those of before.
        return error == ErrorCode.None && State == ClassicState.CompletingRebalance ? ErrorCode.RebalanceInProgress : error;
    }

    /// <summary>Anybody may look.</summary>
    public override ErrorCode CheckFetch(MemberClaim claim) => IsDead ? ErrorCode.CoordinatorNotAvailable : ErrorCode.None;

    public override bool? IsSubscribedTo(string topic)
    {
        if (State is ClassicState.Empty or ClassicState.Dead) return false;
        if (State != ClassicState.Stable || MembersProtocolType != ConsumerSubscription.ProtocolType) return null;
        return SubscribedTopics?.Contains(topic);
    }

    public override void Tick(Moment now)
    {
        if (IsDead) return;
        Members.RemoveOverduePending(now);
        foreach (ClassicMember member in Members.All.Where(member => member.DeadlineTick <= now.TickMs).ToList())
        {
            // The removal of one may have ended the wait for another, which has then been heard of.
            if (Members.Find(member.Id) != member || member.DeadlineTick > now.TickMs) continue;
            _rebalance.Remove(member, ErrorCode.UnknownMemberId, $"{member.Id} was not heard of for {member.SessionTimeoutMs} ms", now);
        }

        _rebalance.CompleteJoinIfReady(now);
        _rebalance.Tick(now);
    }

    public override void Kill(ErrorCode error)
    {
        State = ClassicState.Dead;
        foreach (ClassicMember member in Members.All) member.Dismiss(error);
        Members.Clear();
    }

    public override IEnumerable<GroupRecord> Tombstones() =>
        Generation > 0 || Members.Count > 0 ? [.. Unforgotten, ClassicGroupRecord.Tombstone(Id)] : Unforgotten;

    /// <summary>The tombstones for what the group was before, while they are not known to be written.</summary>
    public IEnumerable<GroupRecord> Unforgotten => _isFormerForgotten ? [] : _former;

    /// <summary>Makes the group what a record says; members get a whole session from now on.</summary>
    public void Restore(Protocol.Messages.GroupMetadataValue value, Moment now)
    {
        ClassicGroupRecord.Restore(this, value, now);

        // Members without a leader have never come together: what one had that is gone now is nobody's.
        if (Members.Count > 0 && Leader is null) _rebalance.Prepare("the coordinator took over members without a leader", now);
    }

    /// <summary>Makes a new group of members that come from another protocol, and asks them to come together.</summary>
    public void Adopt(int generation, IEnumerable<ClassicMember> members, string reason, Moment now)
    {
        (Generation, MembersProtocolType, State, StateSince) = (generation, ConsumerSubscription.ProtocolType, ClassicState.Stable, now.Wall);
        foreach (ClassicMember member in members)
        {
            Members.Add(member);
            member.Seen(now);
        }

        ProtocolName = ProtocolVote.Choose(Members.All);
        SubscribedTopics = ClassicRebalance.SubscribedTopics(this);
        Write(new GroupWrite([ClassicGroupRecord.Of(this)]));
        _rebalance.Prepare(reason, now);
    }

    /// <summary>What the group was before is forgotten with its first record, or with the next if that could not be written.</summary>
    internal void Write(GroupWrite write) => AskFor(_isFormerForgotten ? write : new GroupWrite([.. write.Records, .. _former], (error, now) =>
    {
        if (error == ErrorCode.None) _isFormerForgotten = true;
        write.Done?.Invoke(error, now);
    }));

    private Task<JoinAnswer> JoinAsNew(JoinCall call, Moment now)
    {
        if (call.InstanceId is { } instance && Members.FindStatic(instance) is { } known) return _rebalance.Replace(known, call, now);
        if (call.InstanceId is not null || !call.NeedsKnownId) return _rebalance.Add(call.NewMemberId, call, now);
        if (Members.PendingCount >= ClassicGroupSettings.PendingMembersMax) return Refuse(call, ErrorCode.GroupMaxSizeReached);
        Members.AddPending(call.NewMemberId, now.TickMs + call.SessionTimeoutMs);
        return Task.FromResult(JoinAnswer.Failed(ErrorCode.MemberIdRequired, call.NewMemberId));
    }

    private Task<JoinAnswer> JoinAsKnown(JoinCall call, Moment now)
    {
        if (call.InstanceId is null && Members.IsPending(call.MemberId)) return _rebalance.Add(call.MemberId, call, now);
        ErrorCode error = Members.TryFind(new MemberClaim(call.MemberId, call.InstanceId, MemberClaim.NoGeneration), out ClassicMember? member);
        if (error != ErrorCode.None) return Refuse(call, error);
        return State switch
        {
            ClassicState.CompletingRebalance when member!.Matches(call.Protocols) => Current(member, withMembers: member.Id == Leader, now),
            ClassicState.Stable when member!.Id != Leader && member.Matches(call.Protocols) => Current(member, withMembers: false, now),
            _ => _rebalance.Rejoin(member!, call, now),
        };
    }

    /// <summary>An answer was lost, or the member asks to be sure: it gets the generation that stands.</summary>
    private Task<JoinAnswer> Current(ClassicMember member, bool withMembers, Moment now)
    {
        member.Seen(now);
        return Task.FromResult(_rebalance.Describe(member, withMembers));
    }

    private ErrorCode CheckMember(MemberClaim claim, Moment now)
    {
        if (IsDead) return ErrorCode.CoordinatorNotAvailable;
        ErrorCode error = Members.TryFind(claim, out ClassicMember? member);
        if (error != ErrorCode.None) return error;
        if (claim.Generation != Generation) return ErrorCode.IllegalGeneration;
        member!.Seen(now);
        return ErrorCode.None;
    }

    private bool HasRoomFor(string memberId)
    {
        ClassicMember? member = Members.Find(memberId);
        return State switch
        {
            // Who has not joined again may not come back at all, so that only those who have take up room.
            ClassicState.PreparingRebalance => member is { IsAwaitingJoin: true } || Members.AwaitingJoinCount < _settings.MembersMax,
            ClassicState.CompletingRebalance or ClassicState.Stable => member is not null || Members.Count < _settings.MembersMax,
            _ => true,
        };
    }

    private bool Supports(JoinCall call)
    {
        if (call.Protocols.Count == 0 || call.ProtocolType.Length == 0) return false;
        return Members.Count == 0 || (call.ProtocolType == MembersProtocolType && ProtocolVote.Accepts(Others(call), call.Protocols));
    }

    /// <summary>A member's own former protocols do not bind it.</summary>
    private IReadOnlyCollection<ClassicMember> Others(JoinCall call)
    {
        ClassicMember? self = call.InstanceId is { } instance ? Members.FindStatic(instance) : Members.Find(call.MemberId);
        return self is null ? Members.All : [.. Members.All.Where(member => member != self)];
    }

    private Task<JoinAnswer> RefuseForGood(JoinCall call, ErrorCode error, Moment now)
    {
        if (Members.Find(call.MemberId) is { } member) _rebalance.Remove(member, error, $"{member.Id} found the group full", now);
        Members.RemovePending(call.MemberId);
        return Refuse(call, error);
    }

    private static string Because(string? reason) => string.IsNullOrEmpty(reason) ? "" : $": {reason}";

    private static Task<JoinAnswer> Refuse(JoinCall call, ErrorCode error) => Task.FromResult(JoinAnswer.Failed(error, call.MemberId));

    private static Task<SyncAnswer> Refuse(ErrorCode error) => Task.FromResult(SyncAnswer.Failed(error));
}
