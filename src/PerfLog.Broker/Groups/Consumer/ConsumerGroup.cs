namespace PerfLog.Broker.Groups;

/// <summary>
/// A group whose partitions the broker assigns. Members only say what they subscribe to and what they have; any change of
/// members, subscriptions or topics raises the group's epoch, for which a target is computed, and each heartbeat brings its
/// member a step closer to it (<see cref="Reconciliation"/>). No member waits for all others.
/// </summary>
internal sealed class ConsumerGroup : GroupMembership
{
    public const string TypeName = "consumer";

    private readonly ConsumerGroupSettings _settings;
    private readonly ConsumerSubscriptions _subscriptions;
    private readonly PartitionOwners _owners = new();
    private readonly GroupChanges _changes = new();
    private ErrorCode _killedBy;
    private bool _isDead;

    /// <param name="id">The group's id.</param>
    /// <param name="settings">Its limits and times.</param>
    /// <param name="former">Tombstones for what the group was before, written with its first change.</param>
    public ConsumerGroup(string id, ConsumerGroupSettings settings, IEnumerable<GroupRecord>? former = null)
    {
        Id = id;
        _settings = settings;
        _changes.Add(former ?? []);
        _subscriptions = new ConsumerSubscriptions(settings);
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
        member.SessionDeadlineTick = now.TickMs + _settings.SessionTimeoutMs;
        answer = new HeartbeatAnswer(ErrorCode.None, null, member.Id, member.Epoch, _settings.HeartbeatIntervalMs, null);
        return true;
    }

    /// <summary>Answers once what the heartbeat changed has been written.</summary>
    public ValueTask<HeartbeatAnswer> Heartbeat(HeartbeatCall call, ITopicView topics, Moment now)
    {
        if (_isDead) return new(HeartbeatAnswer.Failed(_killedBy, $"The group '{Id}' is not here any more."));
        HeartbeatAnswer answer = call.IsLeave ? Leave(call, now) : Beat(call, topics, now);
        if (_changes.IsEmpty) return new(answer);
        return new(Write(answer, now));
    }

    /// <summary>Removes a member on an administrator's word.</summary>
    public ErrorCode Remove(string memberId, string? instanceId, Moment now)
    {
        if (_isDead) return ErrorCode.CoordinatorNotAvailable;
        ConsumerMember? member = instanceId is null ? Members.Find(memberId) : Members.FindStatic(instanceId);
        if (member is null) return ErrorCode.UnknownMemberId;
        if (memberId.Length > 0 && memberId != member.Id) return ErrorCode.FencedInstanceId;
        Remove(member, now);
        AskForChanges(now, null);
        return ErrorCode.None;
    }

    public override void Tick(Moment now)
    {
        if (_isDead) return;
        foreach (ConsumerMember member in Members.TakeOverdue(now.TickMs)) Remove(member, now);
        AskForChanges(now, null);
    }

    public override ErrorCode CheckCommit(MemberClaim claim, Moment now)
    {
        if (_isDead) return ErrorCode.CoordinatorNotAvailable;
        return claim.Generation < 0 && IsEmpty ? ErrorCode.None : CheckEpoch(claim);
    }

    public override ErrorCode CheckFetch(MemberClaim claim)
    {
        if (_isDead) return ErrorCode.CoordinatorNotAvailable;
        return claim.Generation < 0 && claim.MemberId.IsEmpty ? ErrorCode.None : CheckEpoch(claim);
    }

    public override bool? IsSubscribedTo(string topic) =>
        _subscriptions.IsKnown || Members.Count == 0 ? _subscriptions.Topics.ContainsKey(topic) : null;

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
            StartTimers(member, now);
            Members.Add(member);
        }
    }

    private HeartbeatAnswer Beat(HeartbeatCall call, ITopicView topics, Moment now)
    {
        if (Refuse(call, out ConsumerMember? member) is { } refusal) return refusal;
        PartitionSet before = member?.Assigned ?? PartitionSet.Empty;
        bool isNew = member is null;
        bool isAdmitted = isNew || member!.Id != call.MemberId;
        if (isAdmitted) member = Admit(call, member);
        MemberChange change = member!.Update(call);
        if (isAdmitted || change != MemberChange.None) _changes.Add(ConsumerGroupRecord.Member(Id, member));
        Assign(isNew || change.HasFlag(MemberChange.Subscription), topics, now);
        Reconcile(member, call.Owned, now);

        bool isTold = call.IsFull || call.Epoch != member.Epoch || !ReferenceEquals(before, member.Assigned);
        int interval = member.State == ConsumerMemberState.UnreleasedPartitions ? _settings.ImpatientIntervalMs : _settings.HeartbeatIntervalMs;
        return new HeartbeatAnswer(ErrorCode.None, null, member.Id, member.Epoch, interval, isTold ? member.Assigned : null);
    }

    /// <summary>Finds the member that calls; null when it has yet to be admitted, another one when that is to be succeeded.</summary>
    private HeartbeatAnswer? Refuse(HeartbeatCall call, out ConsumerMember? member)
    {
        member = Members.Find(call.MemberId);
        if (call.ServerAssignor is { } assignor && _settings.Assignors.All(known => known.Name != assignor))
        {
            string known = string.Join(", ", _settings.Assignors.Select(static known => known.Name));
            return HeartbeatAnswer.Failed(ErrorCode.UnsupportedAssignor, $"There is no assignor '{assignor}'; there are {known}.");
        }

        HeartbeatAnswer? refusal = call.Epoch == ConsumerMember.JoinEpoch ? RefuseJoin(call, ref member) : RefuseMember(call, member);
        if (refusal is not null) return refusal;
        if (string.IsNullOrEmpty(call.TopicRegex) || _subscriptions.TryAccept(call.TopicRegex, out string? violation)) return null;
        return HeartbeatAnswer.Failed(ErrorCode.InvalidRegularExpression, violation);
    }

    private HeartbeatAnswer? RefuseJoin(HeartbeatCall call, ref ConsumerMember? member)
    {
        if (member is not null && member.InstanceId != call.InstanceId)
            return HeartbeatAnswer.Failed(ErrorCode.InvalidRequest, $"The member {call.MemberId} has another instance id.");
        if (member is null && call.InstanceId is { } instance) member = Members.FindStatic(instance);
        if (member is not null && member.Id != call.MemberId && !member.IsAway)
        {
            return HeartbeatAnswer.Failed(
                ErrorCode.UnreleasedInstanceId, $"The instance id {call.InstanceId} is that of the member {member.Id}, which has not left.");
        }

        return member is null && Members.Count >= _settings.MembersMax
            ? HeartbeatAnswer.Failed(ErrorCode.GroupMaxSizeReached, $"The group '{Id}' has {Members.Count} members, which is the limit.")
            : null;
    }

    private HeartbeatAnswer? RefuseMember(HeartbeatCall call, ConsumerMember? member)
    {
        if (call.InstanceId is { } instance)
        {
            ConsumerMember? holder = Members.FindStatic(instance);
            if (holder is not null && holder != member)
                return HeartbeatAnswer.Failed(ErrorCode.FencedInstanceId, $"The instance id {instance} is that of the member {holder.Id}.");
        }

        if (member is null) return Unknown(call.MemberId);
        if (call.Epoch == member.Epoch) return null;

        // The answer with the present epoch may have been lost; a member that has nothing but what is its own may go on.
        bool hasMissedAnswer = !member.IsAway && call.Epoch == member.PreviousEpoch && call.Owned is not null && call.Owned.IsSubsetOf(member.Assigned);
        return hasMissedAnswer ? null : HeartbeatAnswer.Failed(
            ErrorCode.FencedMemberEpoch, $"The member {member.Id} is at epoch {member.Epoch}, not {call.Epoch}; it must give up all and join again.");
    }

    /// <summary>Takes in a new member, or one that follows a static member that left for a while.</summary>
    private ConsumerMember Admit(HeartbeatCall call, ConsumerMember? predecessor)
    {
        ConsumerMember member = predecessor is null
            ? new ConsumerMember { Id = call.MemberId, InstanceId = call.InstanceId }
            : predecessor.SucceededBy(call.MemberId);
        if (predecessor is not null)
        {
            Forget(predecessor);
            _owners.Take(member);
            _changes.Add(ConsumerGroupRecord.Target(Id, member));
        }

        Members.Add(member);
        return member;
    }

    private HeartbeatAnswer Leave(HeartbeatCall call, Moment now)
    {
        ConsumerMember? member = Members.Find(call.MemberId);
        if (call.InstanceId is { } instance && Members.FindStatic(instance) is { } holder && holder != member)
            return HeartbeatAnswer.Failed(ErrorCode.FencedInstanceId, $"The instance id {instance} is that of the member {holder.Id}.");
        if (member is null || (call.Epoch == ConsumerMember.AwayEpoch && member.InstanceId is null)) return Unknown(call.MemberId);
        if (call.Epoch == ConsumerMember.AwayEpoch) GoAway(member);
        else Remove(member, now);
        return new HeartbeatAnswer(ErrorCode.None, null, call.MemberId, call.Epoch, _settings.HeartbeatIntervalMs, null);
    }

    /// <summary>The member keeps its partitions until its session ends, so that a restart within it moves none.</summary>
    private void GoAway(ConsumerMember member)
    {
        _owners.Release(member);
        (member.PreviousEpoch, member.Epoch) = (member.Epoch, ConsumerMember.AwayEpoch);
        member.State = ConsumerMemberState.Stable;
        member.PendingRevocation = PartitionSet.Empty;
        member.RevocationDeadlineTick = Moment.Never;
        _owners.Take(member);
        _changes.Add(ConsumerGroupRecord.Current(Id, member));
    }

    private void Remove(ConsumerMember member, Moment now)
    {
        Forget(member);
        Epoch++;
        if (Members.Count == 0) BecomeEmpty(now);
        _changes.Add(ConsumerGroupRecord.Of(this));
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
    private void Assign(bool hasChanged, ITopicView topics, Moment now)
    {
        if (hasChanged || Epoch > AssignmentEpoch || _subscriptions.IsStale(topics, now)) Look(topics, now);
        if (hasChanged || _subscriptions.Hash != MetadataHash)
        {
            Epoch++;
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
        member.SessionDeadlineTick = now.TickMs + _settings.SessionTimeoutMs;
        if (hasAdvanced) StartRevocation(member, now);
        Members.NoteDeadline(member);
    }

    private void StartTimers(ConsumerMember member, Moment now)
    {
        member.SessionDeadlineTick = now.TickMs + _settings.SessionTimeoutMs;
        StartRevocation(member, now);
    }

    private static void StartRevocation(ConsumerMember member, Moment now) =>
        member.RevocationDeadlineTick = member.State == ConsumerMemberState.UnrevokedPartitions && member.RebalanceTimeoutMs >= 0
            ? now.TickMs + member.RebalanceTimeoutMs
            : Moment.Never;

    private ErrorCode CheckEpoch(MemberClaim claim)
    {
        if (Members.Find(claim.MemberId) is not { } member) return ErrorCode.UnknownMemberId;
        return claim.Generation == member.Epoch ? ErrorCode.None : ErrorCode.StaleMemberEpoch;
    }

    private Task<HeartbeatAnswer> Write(HeartbeatAnswer answer, Moment now)
    {
        var written = new TaskCompletionSource<HeartbeatAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        AskForChanges(now, error => written.SetResult(
            error == ErrorCode.None ? answer : HeartbeatAnswer.Failed(error, "The group's change could not be written.")));
        return written.Task;
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

    private static HeartbeatAnswer Unknown(string memberId) =>
        HeartbeatAnswer.Failed(ErrorCode.UnknownMemberId, $"There is no member {memberId}.");
}
