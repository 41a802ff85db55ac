namespace PerfLog.Broker.Groups;

/// <summary>
/// A group whose partitions the broker assigns. Members only say what they subscribe to and what they have; any change of
/// members, subscriptions or topics raises the group's epoch, for which a target is computed, and each heartbeat brings its
/// member a step closer to it (<see cref="Reconciliation"/>). No member waits for all others. Members of the classic protocol may
/// live in it too (<see cref="ClassicGuests"/>); when only they are left, it becomes a classic group again.
/// </summary>
internal sealed class ConsumerGroup : GroupMembership
{
    public const string TypeName = "consumer";

    private readonly ConsumerGroupSettings _settings;
    private readonly ConsumerSubscriptions _subscriptions;
    private readonly ConsumerAdmission _admission;
    private readonly PartitionOwners _owners = new();
    private readonly GroupChanges _changes = new();
    private ErrorCode _killedBy;
    private bool _isDead;
    private ClassicGroup? _successor;

    /// <param name="id">The group's id.</param>
    /// <param name="settings">Its limits and times.</param>
    /// <param name="former">Tombstones for what the group was before, written with its first change.</param>
    public ConsumerGroup(string id, ConsumerGroupSettings settings, IEnumerable<GroupRecord>? former = null)
    {
        Id = id;
        _settings = settings;
        _changes.Add(former ?? []);
        _subscriptions = new ConsumerSubscriptions(settings);
        _admission = new ConsumerAdmission(id, Members, _subscriptions, settings);
        Timers = new MemberTimers(Members) { Settings = settings };
        Guests = new ClassicGuests(this, _admission);
    }

    public string Id { get; }

    /// <summary>Rises with every change that the assignment depends on; 0 before the first.</summary>
    public int Epoch { get; private set; }

    /// <summary>The epoch that the members' targets were computed for.</summary>
    public int AssignmentEpoch { get; private set; }

    /// <summary>When they were; for an empty group, when it became empty.</summary>
    public TimestampMs AssignedAt { get; private set; } = TimestampMs.None;

    /// <summary>What <see cref="ConsumerSubscriptions.Hash"/> was at this epoch.</summary>
    public long MetadataHash { get; private set; }

    public ConsumerMembers Members { get; } = new();

    /// <summary>The members of the classic protocol among them.</summary>
    public ClassicGuests Guests { get; }

    internal MemberTimers Timers { get; }

    public RebalanceHistory History { get; } = new();

    public override GroupMembership? Successor => _successor;

    public string AssignorName => ConsumerTargets.AssignorOf(Members, _settings).Name;

    public override string Type => TypeName;

    public override string ProtocolType => TypeName;

    public override string StateName => State.ToString();

    public ConsumerGroupState State
    {
        get
        {
            if (_isDead) return ConsumerGroupState.Dead;
            if (Members.Count == 0) return ConsumerGroupState.Empty;
            if (Epoch > AssignmentEpoch) return ConsumerGroupState.Assigning;
            return Members.All.All(member => member.HasReached(AssignmentEpoch)) ? ConsumerGroupState.Stable : ConsumerGroupState.Reconciling;
        }
    }

    public override bool IsEmpty => !_isDead && Members.Count == 0;

    public override bool IsDead => _isDead;

    public override TimestampMs? EmptySince => IsEmpty && Epoch > 0 ? AssignedAt : null;

    public override long NextDeadlineTick => Members.NextDeadlineTick;

    /// <summary>
    /// Answers a heartbeat that changes nothing, the most frequent request there is, without allocating.
    /// </summary>
    /// <returns>False when it needs more than that, and nothing was done.</returns>
    public bool TryAnswerIdle(MemberClaim claim, ITopicView topics, Moment now, out HeartbeatAnswer answer)
    {
        answer = default;
        if (Epoch != AssignmentEpoch || claim.Generation != AssignmentEpoch || _subscriptions.IsStale(topics, now)) return false;
        if (Members.Find(claim.MemberId) is not { } member || !member.HasReached(AssignmentEpoch)) return false;
        if (claim.HasInstanceId && !claim.InstanceId.SequenceEqual(member.InstanceId)) return false;
        Timers.Seen(member, now);
        answer = new HeartbeatAnswer(ErrorCode.None, null, member.Id, member.Epoch, _settings.HeartbeatIntervalMs, null);
        return true;
    }

    /// <summary>Answers once what the heartbeat changed has been written.</summary>
    public ValueTask<HeartbeatAnswer> Heartbeat(HeartbeatCall call, ITopicView topics, Moment now)
    {
        if (_isDead) return new(HeartbeatAnswer.Failed(_killedBy, $"The group '{Id}' is not here any more."));
        HeartbeatAnswer answer = call.IsLeave ? Leave(call, now) : Beat(call, topics, now);

        // A refused heartbeat changed nothing, also where a group that was just converted has its own records to write.
        if (_changes.IsEmpty || answer.Error != ErrorCode.None) return new(answer);
        return new(Write(answer, static error => HeartbeatAnswer.Failed(error, "The group's change could not be written."), now));
    }

    /// <summary>Removes a member of either protocol on its own or an administrator's word.</summary>
    public ErrorCode Remove(string memberId, string? instanceId, string? reason, Moment now)
    {
        if (_isDead) return ErrorCode.CoordinatorNotAvailable;
        ConsumerMember? member = instanceId is null ? Members.Find(memberId) : Members.FindStatic(instanceId);
        if (member is null) return ErrorCode.UnknownMemberId;
        if (memberId.Length > 0 && memberId != member.Id) return ErrorCode.FencedInstanceId;
        Remove([member], $"{member.Id} left{(string.IsNullOrEmpty(reason) ? "" : $": {reason}")}", now);
        AskForChanges(now, null);
        return ErrorCode.None;
    }

    public override void Tick(Moment now)
    {
        if (_isDead) return;
        List<ConsumerMember> overdue = Members.TakeOverdue(now.TickMs);
        if (overdue.Count == 0) return;
        Remove(overdue, Timers.WhyOverdue(overdue[0], now), now);
        AskForChanges(now, null);
    }

    public override ErrorCode CheckCommit(MemberClaim claim, Moment now)
    {
        if (_isDead) return ErrorCode.CoordinatorNotAvailable;
        if (claim.Generation < 0 && IsEmpty) return ErrorCode.None;
        ErrorCode error = CheckEpoch(claim, out ConsumerMember? member);
        return claim.PredatesEpochs && member is { Classic: null } ? ErrorCode.UnsupportedVersion : error;
    }

    public override ErrorCode CheckFetch(MemberClaim claim)
    {
        if (_isDead) return ErrorCode.CoordinatorNotAvailable;
        return claim.Generation < 0 && claim.MemberId.IsEmpty ? ErrorCode.None : CheckEpoch(claim, out _);
    }

    public override bool? IsSubscribedTo(string topic) =>
        _subscriptions.IsKnown || Members.Count == 0 ? _subscriptions.Topics.ContainsKey(topic) : null;

    /// <summary>The name of a topic that a member has; null when it is gone, or not known yet.</summary>
    public string? NameOf(Uuid topic) => _subscriptions.Topics.FirstOrDefault(known => known.Value.Id == topic).Key;

    public override void Kill(ErrorCode error)
    {
        _isDead = true;
        _killedBy = error;
        Members.Clear();
    }

    public override IEnumerable<GroupRecord> Tombstones() =>
    [
        .. Members.All.SelectMany(member => ConsumerGroupRecord.Forget(Id, member.Id)),
        .. _subscriptions.Matches.Keys.Select(regex => ConsumerGroupRecord.ForgetRegex(Id, regex)),
        .. ConsumerGroupRecord.Forget(Id),
    ];

    /// <summary>Makes a new group what its records say. Members get a whole session from now on.</summary>
    public void Restore(ConsumerGroupImage image, Moment now)
    {
        Epoch = image.Epoch;
        MetadataHash = image.MetadataHash;
        AssignmentEpoch = image.AssignmentEpoch;
        AssignedAt = image.AssignedAt == TimestampMs.None ? now.Wall : image.AssignedAt;
        _subscriptions.Restore(image.Regexes);
        foreach (ConsumerMember member in image.Members)
        {
            // A log that gives a partition twice was torn somewhere; the second is told that it has it no more.
            member.Assigned = member.Assigned.Where(partition => _owners.IsFreeFor(partition, member));
            member.PendingRevocation = member.PendingRevocation.Where(partition => _owners.IsFreeFor(partition, member));
            _owners.Take(member);
            Begin(member, now);
        }

        BecomeClassicIfMembersAre(now);
    }

    /// <summary>Makes a new group of a classic group's members; its records are written with its first change.</summary>
    /// <param name="generation">Their generation, which becomes the group's epoch and theirs.</param>
    /// <param name="members">The members with what they have; nothing is in two hands.</param>
    public void Adopt(int generation, IEnumerable<ConsumerMember> members, Moment now)
    {
        (Epoch, AssignmentEpoch, AssignedAt) = (generation, generation, now.Wall);
        foreach (ConsumerMember member in members)
        {
            _owners.Take(member);
            Begin(member, now);
            _changes.Add(RecordsOf(member.Id));
        }

        // The classic group's tombstone comes last: a log that ends before it still tells of that group.
        _changes.Add([ConsumerGroupRecord.TargetEpoch(this), ConsumerGroupRecord.Of(this), ClassicGroupRecord.Tombstone(Id)]);
    }

    /// <summary>Takes in a new member, or one that follows a static member that left or was started anew.</summary>
    internal ConsumerMember Admit(string id, string? instanceId, ConsumerMember? predecessor)
    {
        ConsumerMember member = predecessor is null ? new ConsumerMember { Id = id, InstanceId = instanceId } : predecessor.SucceededBy(id);
        if (predecessor is not null)
        {
            Forget(predecessor);
            _owners.Take(member);
            _changes.Add(ConsumerGroupRecord.Target(Id, member));
        }

        Members.Add(member);
        return member;
    }

    /// <summary>A member has said what it wants and has: the group and it go on as that demands.</summary>
    /// <param name="member">The member.</param>
    /// <param name="isChanged">Anything of what it says differs from what is written down.</param>
    /// <param name="reason">Why targets are computed anew; null when nothing about the member is a reason.</param>
    /// <param name="owned">What it has; null when it does not say.</param>
    internal void Take(ConsumerMember member, bool isChanged, string? reason, PartitionSet? owned, ITopicView topics, Moment now)
    {
        if (isChanged) _changes.Add(ConsumerGroupRecord.Member(Id, member));
        Assign(reason, topics, now);
        Reconcile(member, owned, now);
        EndRebalanceIfDone(now);

        // The member that speaks the newer protocol is itself one for whom the broker assigns: its beats need not look.
        if (member.Classic is not null) BecomeClassicIfMembersAre(now);
    }

    /// <summary>Computes new targets when topics have changed; members of the newer protocol do so with each heartbeat.</summary>
    internal void FollowTopics(ITopicView topics, Moment now)
    {
        if (!_subscriptions.IsStale(topics, now)) return;
        Assign(null, topics, now);
        AskForChanges(now, null);
    }

    /// <summary>Whether another member still has something that this one is to get.</summary>
    internal bool IsWaiting(ConsumerMember member) =>
        !member.Target.Except(member.Assigned).Where(partition => !_owners.IsFreeFor(partition, member)).IsEmpty;

    /// <summary>Answers once what was changed has been written.</summary>
    internal Task<TAnswer> Write<TAnswer>(TAnswer answer, Func<ErrorCode, TAnswer> failed, Moment now)
    {
        if (_changes.IsEmpty) return Task.FromResult(answer);
        var written = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        AskForChanges(now, error => written.SetResult(error == ErrorCode.None ? answer : failed(error)));
        return written.Task;
    }

    private HeartbeatAnswer Beat(HeartbeatCall call, ITopicView topics, Moment now)
    {
        if (_admission.Refuse(call, out ConsumerMember? member) is { } refusal) return refusal;
        PartitionSet before = member?.Assigned ?? PartitionSet.Empty;
        bool isNew = member is null;
        bool isAdmitted = isNew || member!.Id != call.MemberId;
        if (isAdmitted) member = Admit(call.MemberId, call.InstanceId, member);
        MemberChange change = member!.Update(call, classic: null);
        string? reason = isNew ? $"{member.Id} joined"
            : change.HasFlag(MemberChange.Subscription) ? $"{member.Id} has another subscription" : null;
        Take(member, isAdmitted || change != MemberChange.None, reason, call.Owned, topics, now);

        bool isTold = call.IsFull || call.Epoch != member.Epoch || !ReferenceEquals(before, member.Assigned);
        int interval = member.State == ConsumerMemberState.UnreleasedPartitions ? _settings.ImpatientIntervalMs : _settings.HeartbeatIntervalMs;
        return new HeartbeatAnswer(ErrorCode.None, null, member.Id, member.Epoch, interval, isTold ? member.Assigned : null);
    }

    private HeartbeatAnswer Leave(HeartbeatCall call, Moment now)
    {
        ConsumerMember? member = Members.Find(call.MemberId);
        if (_admission.RefuseInstance(call, member) is { } refusal) return refusal;
        if (member is null || (call.Epoch == ConsumerMember.AwayEpoch && member.InstanceId is null)) return ConsumerAdmission.Unknown(call.MemberId);
        if (call.Epoch == ConsumerMember.AwayEpoch) GoAway(member);
        else Remove([member], $"{member.Id} left", now);
        return new HeartbeatAnswer(ErrorCode.None, null, call.MemberId, call.Epoch, _settings.HeartbeatIntervalMs, null);
    }

    /// <summary>The member keeps its partitions until its session ends, so that a restart within it moves none.</summary>
    private void GoAway(ConsumerMember member)
    {
        _owners.Release(member);
        (member.PreviousEpoch, member.Epoch) = (member.Epoch, ConsumerMember.AwayEpoch);
        member.State = ConsumerMemberState.Stable;
        member.PendingRevocation = PartitionSet.Empty;
        member.DutyDeadlineTick = Moment.Never;
        _owners.Take(member);
        _changes.Add(ConsumerGroupRecord.Current(Id, member));
    }

    private void Remove(IReadOnlyList<ConsumerMember> members, string reason, Moment now)
    {
        foreach (ConsumerMember member in members) Forget(member);
        BecomeClassicIfMembersAre(now);
        if (_isDead) return;
        Epoch++;
        History.Begin(reason, now);
        if (Members.Count == 0) BecomeEmpty(now);
        _changes.Add(ConsumerGroupRecord.Of(this));
        EndRebalanceIfDone(now);
    }

    /// <summary>Nobody is left for whom the broker must assign. The epoch stays, so that what members have now stays theirs.</summary>
    private void BecomeClassicIfMembersAre(Moment now)
    {
        if (_isDead || Members.Count == 0 || GroupConversion.ToClassic(this, _settings, now) is not { } successor) return;
        _successor = successor;
        Kill(ErrorCode.RebalanceInProgress);
    }

    private void Forget(ConsumerMember member)
    {
        _owners.Release(member);
        Members.Remove(member);
        _changes.Add(ConsumerGroupRecord.Forget(Id, member.Id));
    }

    /// <summary>Nothing is left to be assigned; the time is written down because offsets are kept for a while from now on.</summary>
    private void BecomeEmpty(Moment now)
    {
        foreach (string regex in _subscriptions.Matches.Keys) _changes.Add(ConsumerGroupRecord.ForgetRegex(Id, regex));
        _subscriptions.Clear();
        MetadataHash = 0;
        AssignmentEpoch = Epoch;
        AssignedAt = now.Wall;
        _changes.Add(ConsumerGroupRecord.TargetEpoch(this));
    }

    /// <summary>Raises the epoch when members or topics changed, and computes the targets for it.</summary>
    private void Assign(string? reason, ITopicView topics, Moment now)
    {
        bool hasChanged = reason is not null;
        if (hasChanged || Epoch > AssignmentEpoch || _subscriptions.IsStale(topics, now)) Look(topics, now);
        if (hasChanged || _subscriptions.Hash != MetadataHash)
        {
            Epoch++;
            History.Begin(reason ?? "its topics changed", now);
            MetadataHash = _subscriptions.Hash;
            _changes.Add(ConsumerGroupRecord.Of(this));
        }

        if (Epoch == AssignmentEpoch) return;
        foreach (ConsumerMember changed in ConsumerTargets.Compute(Members, _subscriptions, _settings))
            _changes.Add(ConsumerGroupRecord.Target(Id, changed));
        AssignmentEpoch = Epoch;
        AssignedAt = now.Wall;
        _changes.Add(ConsumerGroupRecord.TargetEpoch(this));
    }

    private void Look(ITopicView topics, Moment now)
    {
        foreach (string regex in _subscriptions.Refresh(Members.All, topics, now)) _changes.Add(RegexRecord(regex, now));
    }

    private void Reconcile(ConsumerMember member, PartitionSet? owned, Moment now)
    {
        bool hasAdvanced = Reconciliation.Advance(member, AssignmentEpoch, owned, _owners);
        if (hasAdvanced) _changes.Add(ConsumerGroupRecord.Current(Id, member));
        Timers.Seen(member, now);
        if (hasAdvanced) Timers.Restart(member, now);
        Members.NoteDeadline(member);
    }

    private void Begin(ConsumerMember member, Moment now)
    {
        Timers.Seen(member, now);
        Timers.Restart(member, now);
        Members.Add(member);
    }

    private void EndRebalanceIfDone(Moment now)
    {
        if (History.IsUnderWay && State is ConsumerGroupState.Stable or ConsumerGroupState.Empty) History.End(Epoch, now);
    }

    private ErrorCode CheckEpoch(MemberClaim claim, out ConsumerMember? member)
    {
        member = Members.Find(claim.MemberId);
        if (member is null) return ErrorCode.UnknownMemberId;
        if (claim.Generation == member.Epoch) return ErrorCode.None;
        return member.Classic is null ? ErrorCode.StaleMemberEpoch : ErrorCode.IllegalGeneration;
    }

    private void AskForChanges(Moment now, Action<ErrorCode>? done)
    {
        if (_changes.IsEmpty) return;
        _changes.AddFailed(RecordsOf, regex => RegexRecord(regex, now), [ConsumerGroupRecord.Of(this), ConsumerGroupRecord.TargetEpoch(this)]);
        foreach (GroupWrite write in _changes.Take(done)) AskFor(write);
    }

    private IEnumerable<GroupRecord> RecordsOf(string memberId) => Members.Find(memberId) is { } member
        ? [ConsumerGroupRecord.Member(Id, member), ConsumerGroupRecord.Target(Id, member), ConsumerGroupRecord.Current(Id, member)]
        : ConsumerGroupRecord.Forget(Id, memberId);

    private GroupRecord RegexRecord(string regex, Moment now) => _subscriptions.Matches.TryGetValue(regex, out string[]? matches)
        ? ConsumerGroupRecord.Regex(Id, regex, matches, now)
        : ConsumerGroupRecord.ForgetRegex(Id, regex);
}
