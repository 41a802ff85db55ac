namespace PerfLog.Broker.Groups;

/// <summary>
/// Takes a classic group from one generation to the next: waits for its members to join, chooses leader and protocol, waits
/// for the leader's assignment, has it written down, and hands it out. Part of its group and guarded with it.
/// </summary>
internal sealed class ClassicRebalance(ClassicGroup group, ClassicGroupSettings settings)
{
    private long _joinDeadlineTick = Moment.Never;
    private long _syncDeadlineTick = Moment.Never;
    private long _initialWaitLeftMs;
    private bool _isInitial;
    private bool _hasNewcomer;

    private ClassicMembers Members => group.Members;

    public long NextDeadlineTick => Math.Min(_joinDeadlineTick, _syncDeadlineTick);

    /// <summary>Takes a new member in; the group comes together anew.</summary>
    public Task<JoinAnswer> Add(string memberId, JoinCall call, Moment now)
    {
        var member = new ClassicMember
        {
            Id = memberId,
            InstanceId = call.InstanceId,
            ClientId = call.ClientId,
            ClientHost = call.ClientHost,
            SessionTimeoutMs = call.SessionTimeoutMs,
            RebalanceTimeoutMs = call.RebalanceTimeoutMs,
            Protocols = call.Protocols,
        };
        if (Members.Count == 0) group.MembersProtocolType = call.ProtocolType;
        group.Leader ??= memberId;
        Members.Add(member);
        member.Seen(now);
        _hasNewcomer = true;
        Task<JoinAnswer> answer = member.AwaitJoin();
        Prepare($"{memberId} joined{Because(call.Reason)}", now);
        return answer;
    }

    /// <summary>A member wants the group to come together anew, or follows others who do.</summary>
    public Task<JoinAnswer> Rejoin(ClassicMember member, JoinCall call, Moment now)
    {
        Update(member, call, now);
        Task<JoinAnswer> answer = member.AwaitJoin();
        string what = member.Id == group.Leader ? "joined again as the leader" : "joined again with another subscription";
        Prepare($"{member.Id} {what}{Because(call.Reason)}", now);
        return answer;
    }

    /// <summary>
    /// A static member came back under another id. Whoever still uses the former one is fenced. A stable group goes on
    /// without a rebalance, unless the newcomer wants something else than it had.
    /// </summary>
    public Task<JoinAnswer> Replace(ClassicMember member, JoinCall call, Moment now)
    {
        byte[]? before = member.MetadataOf(group.ProtocolName);
        string formerId = member.Id;
        member.Dismiss(ErrorCode.FencedInstanceId);
        Rename(member, call.NewMemberId);
        Update(member, call, now);
        if (group.State != ClassicState.Stable || !GoesOnWith(member, before))
        {
            Task<JoinAnswer> answer = member.AwaitJoin();
            Prepare($"{member.InstanceId} came back as {member.Id}{Because(call.Reason)}", now);
            return answer;
        }

        return KeepPlace(member, formerId, call.MaySkipAssignment);
    }

    /// <summary>A member is gone; the others share what it had.</summary>
    public void Remove(ClassicMember member, ErrorCode told, string reason, Moment now)
    {
        Members.Remove(member);
        if (group.Leader == member.Id) group.Leader = Members.All.FirstOrDefault()?.Id;
        member.Dismiss(told);
        if (group.State != ClassicState.PreparingRebalance) Prepare(reason, now);
        CompleteJoinIfReady(now);
    }

    /// <summary>Holds the request until the leader has assigned; the leader's own brings the assignment.</summary>
    public Task<SyncAnswer> AwaitAssignment(ClassicMember member, SyncCall call, Moment now)
    {
        member.HasSynced = true;
        member.Seen(now);
        Task<SyncAnswer> answer = member.AwaitSync();
        if (member.Id == group.Leader) WriteDown(call.Assignments);
        return answer;
    }

    public SyncAnswer GiveAssignment(ClassicMember member, Moment now)
    {
        member.HasSynced = true;
        member.Seen(now);
        return AssignmentOf(member);
    }

    /// <summary>This generation, as a member is told of it that has joined.</summary>
    public JoinAnswer Describe(ClassicMember member, bool withMembers) => new()
    {
        Generation = group.Generation,
        ProtocolType = group.MembersProtocolType,
        ProtocolName = group.ProtocolName,
        Leader = group.Leader ?? "",
        MemberId = member.Id,
        Members = withMembers ? DescribeMembers() : [],
    };

    /// <summary>Goes on as soon as everybody has joined; the first rebalance of a group waits its time for more to come.</summary>
    public void CompleteJoinIfReady(Moment now)
    {
        if (group.State == ClassicState.PreparingRebalance && !_isInitial && Members.HaveAllJoined) CompleteJoin(now);
    }

    public void Tick(Moment now)
    {
        if (_joinDeadlineTick <= now.TickMs) OnJoinDeadline(now);
        if (_syncDeadlineTick <= now.TickMs) OnSyncDeadline(now);
    }

    private void Update(ClassicMember member, JoinCall call, Moment now)
    {
        member.Protocols = call.Protocols;
        member.SessionTimeoutMs = call.SessionTimeoutMs;
        member.RebalanceTimeoutMs = call.RebalanceTimeoutMs;
        member.ClientId = call.ClientId;
        member.ClientHost = call.ClientHost;
        member.Seen(now);
    }

    private void Rename(ClassicMember member, string id)
    {
        if (group.Leader == member.Id) group.Leader = id;
        Members.Rename(member, id);
    }

    /// <summary>
    /// Only the topics count: a client that starts anew has forgotten the partitions that its last subscription named, and
    /// a rebalance for that is what static members are there to avoid.
    /// </summary>
    private bool GoesOnWith(ClassicMember member, byte[]? before)
    {
        if (ProtocolVote.Choose(Members.All) != group.ProtocolName) return false;
        if (group.MembersProtocolType != ConsumerSubscription.ProtocolType || before is null) return true;
        byte[] after = member.MetadataOf(group.ProtocolName)!;
        return after.AsSpan().SequenceEqual(before) || ConsumerSubscription.HaveSameTopics(before, after);
    }

    /// <summary>The new id must survive a move of the group before anybody builds on it.</summary>
    private Task<JoinAnswer> KeepPlace(ClassicMember member, string formerId, bool maySkipAssignment)
    {
        string newId = member.Id;
        bool isLeader = group.Leader == newId;
        var answer = new TaskCompletionSource<JoinAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        JoinAnswer kept = Describe(member, withMembers: isLeader && maySkipAssignment) with { SkipAssignment = isLeader && maySkipAssignment };

        // A client that cannot be told to skip would assign as the leader; the leader of before is nobody, so nobody does.
        if (isLeader && !maySkipAssignment) kept = kept with { Leader = formerId };
        group.Write(new GroupWrite([ClassicGroupRecord.Of(group)], (error, _) =>
        {
            if (error == ErrorCode.None)
            {
                answer.SetResult(kept);
                return;
            }

            if (Members.Find(newId) == member) Rename(member, formerId);
            answer.SetResult(JoinAnswer.Failed(error, newId));
        }));
        return answer.Task;
    }

    /// <summary>Asks all members to join again, unless they are being asked already.</summary>
    public void Prepare(string reason, Moment now)
    {
        if (group.State is ClassicState.PreparingRebalance or ClassicState.Dead) return;
        group.History.Begin(reason, now);
        if (group.State == ClassicState.CompletingRebalance) Answer(ErrorCode.RebalanceInProgress, now);
        _syncDeadlineTick = Moment.Never;
        _isInitial = group.State == ClassicState.Empty;
        if (_isInitial)
        {
            _joinDeadlineTick = now.TickMs + settings.InitialRebalanceDelayMs;
            _initialWaitLeftMs = Math.Max(Members.RebalanceTimeoutMs - settings.InitialRebalanceDelayMs, 0);
            _hasNewcomer = false;
        }
        else
        {
            _joinDeadlineTick = now.TickMs + Members.RebalanceTimeoutMs;
        }

        group.State = ClassicState.PreparingRebalance;
        if (_isInitial && settings.InitialRebalanceDelayMs == 0) OnJoinDeadline(now);
    }

    /// <summary>The others wait no longer for who has not joined.</summary>
    private void OnJoinDeadline(Moment now)
    {
        if (group.State != ClassicState.PreparingRebalance) return;
        if (_isInitial && _hasNewcomer && _initialWaitLeftMs > 0)
        {
            // More came while we waited, and still more may come.
            long wait = Math.Min(settings.InitialRebalanceDelayMs, _initialWaitLeftMs);
            _initialWaitLeftMs -= wait;
            _joinDeadlineTick = now.TickMs + wait;
            _hasNewcomer = false;
            return;
        }

        CompleteJoin(now);
    }

    private void CompleteJoin(Moment now)
    {
        foreach (ClassicMember absent in Members.All.Where(static member => !member.IsAwaitingJoin && !member.IsStatic).ToList()) Members.Remove(absent);
        if (Members.Count > 0 && !TryElectLeader())
        {
            // Only absent static members are left; their sessions will tell.
            _joinDeadlineTick = now.TickMs + Members.RebalanceTimeoutMs;
            return;
        }

        _isInitial = false;
        _joinDeadlineTick = Moment.Never;
        group.Generation++;
        if (Members.Count == 0) BecomeEmpty(now);
        else BeginGeneration(now);
    }

    private bool TryElectLeader()
    {
        if (group.Leader is { } leader && Members.Find(leader) is { IsAwaitingJoin: true }) return true;
        ClassicMember? elected = Members.All.FirstOrDefault(static member => member.IsAwaitingJoin);
        if (elected is not null) group.Leader = elected.Id;
        return elected is not null;
    }

    private void BecomeEmpty(Moment now)
    {
        group.State = ClassicState.Empty;
        group.StateSince = now.Wall;
        group.ProtocolName = null;
        group.Leader = null;
        group.SubscribedTopics = null;
        group.History.End(group.Generation, now);
        group.Write(new GroupWrite([ClassicGroupRecord.Of(group)]));
    }

    private void BeginGeneration(Moment now)
    {
        group.State = ClassicState.CompletingRebalance;
        group.StateSince = now.Wall;
        group.ProtocolName = ProtocolVote.Choose(Members.All);
        group.SubscribedTopics = SubscribedTopics(group);
        _syncDeadlineTick = now.TickMs + Members.RebalanceTimeoutMs;
        foreach (ClassicMember member in Members.All)
        {
            member.HasSynced = false;
            member.IsNew = false;
            if (member.AnswerJoin(Describe(member, withMembers: member.Id == group.Leader))) member.Seen(now);
        }
    }

    /// <summary>The topics that the members of this generation subscribe to; null when one of them cannot be read.</summary>
    internal static IReadOnlySet<string>? SubscribedTopics(ClassicGroup group)
    {
        if (group.MembersProtocolType != ConsumerSubscription.ProtocolType) return null;
        HashSet<string> topics = [];
        foreach (ClassicMember member in group.Members.All)
        {
            if (!ConsumerSubscription.TryReadTopics(member.MetadataOf(group.ProtocolName), topics)) return null;
        }

        return topics;
    }

    private void WriteDown(IReadOnlyDictionary<string, byte[]> assignments)
    {
        int generation = group.Generation;
        group.Write(new GroupWrite([ClassicGroupRecord.Of(group, assignments)], (error, now) =>
        {
            // While it was written the group may have begun another rebalance, which has answered all who waited.
            if (group.State != ClassicState.CompletingRebalance || group.Generation != generation) return;
            if (error == ErrorCode.None)
            {
                HandOut(assignments, now);
                return;
            }

            Answer(error, now);
            Prepare($"the assignment could not be written down: {error}", now);
        }));
    }

    private void HandOut(IReadOnlyDictionary<string, byte[]> assignments, Moment now)
    {
        group.State = ClassicState.Stable;
        group.History.End(group.Generation, now);
        foreach (ClassicMember member in Members.All)
        {
            member.Assignment = assignments.GetValueOrDefault(member.Id, []);
            if (member.AnswerSync(AssignmentOf(member))) member.Seen(now);
        }

        if (Members.All.All(static member => member.HasSynced)) _syncDeadlineTick = Moment.Never;
    }

    /// <summary>Who has not asked for its assignment by now will not work on it.</summary>
    private void OnSyncDeadline(Moment now)
    {
        _syncDeadlineTick = Moment.Never;
        List<ClassicMember> silent = [.. Members.All.Where(static member => !member.HasSynced)];
        if (silent.Count == 0) return;
        foreach (ClassicMember member in silent)
        {
            Members.Remove(member);
            member.Dismiss(ErrorCode.UnknownMemberId);
            if (group.Leader == member.Id) group.Leader = Members.All.FirstOrDefault()?.Id;
        }

        Prepare($"{silent[0].Id} did not ask for its assignment in time", now);
        CompleteJoinIfReady(now);
    }

    /// <summary>Whoever waited for its assignment could not be heard of meanwhile, so that its session begins anew.</summary>
    private void Answer(ErrorCode error, Moment now)
    {
        foreach (ClassicMember member in Members.All)
        {
            member.Assignment = [];
            if (member.AnswerSync(SyncAnswer.Failed(error))) member.Seen(now);
        }
    }

    private SyncAnswer AssignmentOf(ClassicMember member) => new()
    {
        ProtocolType = group.MembersProtocolType,
        ProtocolName = group.ProtocolName,
        Assignment = member.Assignment,
    };

    private List<JoinedMember> DescribeMembers() =>
        [.. Members.All.Select(member => new JoinedMember(member.Id, member.InstanceId, member.MetadataOf(group.ProtocolName) ?? []))];

    private static string Because(string? reason) => string.IsNullOrEmpty(reason) ? "" : $": {reason}";
}
