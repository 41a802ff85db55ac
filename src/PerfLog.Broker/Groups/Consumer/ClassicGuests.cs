using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Lets members of the classic protocol live in a group whose partitions the broker assigns. The member epoch is their
/// generation, nobody leads, and nobody waits for others: a member that is to give up or to get something is told by its
/// heartbeat that the group rebalances, joins again saying what it has, and is handed its share. Part of its group and guarded
/// with it.
/// </summary>
internal sealed class ClassicGuests(ConsumerGroup group, ConsumerAdmission admission)
{
    private ConsumerMembers Members => group.Members;

    /// <summary>Takes a member in, or one step closer to its target. Nobody waits for others.</summary>
    public Task<JoinAnswer> Join(JoinCall call, ITopicView topics, Moment now)
    {
        ErrorCode error = Refuse(call, out ConsumerMember? member, out ConsumerProtocolSubscription subscription);
        if (error == ErrorCode.MemberIdRequired) return Task.FromResult(JoinAnswer.Failed(error, call.NewMemberId));
        if (error != ErrorCode.None) return Task.FromResult(JoinAnswer.Failed(error, call.MemberId));

        string id = call.MemberId.Length == 0 ? call.NewMemberId : call.MemberId;
        bool isNew = member is null;
        bool isAdmitted = isNew || member!.Id != id;
        if (isAdmitted) member = group.Admit(id, call.InstanceId, member);
        MemberChange change = member!.Update(CallOf(id, call, subscription, topics), new ClassicSide(call.SessionTimeoutMs, call.Protocols));
        string? reason = isNew ? $"{id} joined{Because(call.Reason)}"
            : change.HasFlag(MemberChange.Subscription) ? $"{id} joined again with another subscription{Because(call.Reason)}" : null;
        group.Take(member, isAdmitted || change != MemberChange.None, reason, ConsumerProtocol.Owned(subscription, topics), topics, now);
        group.Timers.Demand(member, now);
        return group.Write(AnswerOf(member), failed => JoinAnswer.Failed(failed, id), now);
    }

    /// <summary>Hands the member its share.</summary>
    public SyncAnswer Sync(SyncCall call, ITopicView topics, Moment now)
    {
        ErrorCode error = TryFind(new MemberClaim(call.MemberId, call.InstanceId, call.Generation), out ConsumerMember? member);
        if (error != ErrorCode.None) return SyncAnswer.Failed(error);
        MemberProtocol protocol = member!.Classic!.First;
        bool isOther = (call.ProtocolType is { } type && type != ConsumerSubscription.ProtocolType)
            || (call.ProtocolName is { } name && name != protocol.Name);
        if (isOther) return SyncAnswer.Failed(ErrorCode.InconsistentGroupProtocol);
        if (call.Generation != member.Epoch) return SyncAnswer.Failed(ErrorCode.IllegalGeneration);
        group.Timers.Seen(member, now);

        // Who has yet to give up must first learn what; the rest comes when it has joined again.
        bool isBehind = member.Epoch < group.Epoch && member.State != ConsumerMemberState.UnrevokedPartitions;
        if (isBehind) return SyncAnswer.Failed(ErrorCode.RebalanceInProgress);
        if (member.State == ConsumerMemberState.UnrevokedPartitions) group.Timers.Demand(member, now);
        else member.DutyDeadlineTick = Moment.Never;
        return new SyncAnswer
        {
            ProtocolType = ConsumerSubscription.ProtocolType,
            ProtocolName = protocol.Name,
            Assignment = ConsumerProtocol.Assignment(
                member.Assigned, id => topics.TryFindName(id, out string? named) ? named : null, protocol.Metadata),
        };
    }

    /// <summary>Says whether the member must join again, and that it lives.</summary>
    public ErrorCode Heartbeat(MemberClaim claim, ITopicView topics, Moment now)
    {
        ErrorCode error = TryFind(claim, out ConsumerMember? member);
        if (error != ErrorCode.None) return error;
        if (claim.Generation != member!.Epoch) return ErrorCode.IllegalGeneration;
        group.Timers.Seen(member, now);
        group.FollowTopics(topics, now);
        if (!MustJoinAgain(member)) return ErrorCode.None;
        if (member.DutyDeadlineTick == Moment.Never) group.Timers.Demand(member, now);
        return ErrorCode.RebalanceInProgress;
    }

    /// <summary>
    /// It waits until it can have all that it waits for: many clients give up everything whenever they join, so that each time
    /// costs them a pause.
    /// </summary>
    private bool MustJoinAgain(ConsumerMember member) =>
        member.Epoch < group.Epoch || member.State == ConsumerMemberState.UnrevokedPartitions
        || (member.State == ConsumerMemberState.UnreleasedPartitions && !group.IsWaiting(member));

    private ErrorCode Refuse(JoinCall call, out ConsumerMember? member, out ConsumerProtocolSubscription subscription)
    {
        (subscription, member) = (null!, null);
        if (group.IsDead) return ErrorCode.CoordinatorNotAvailable;
        ErrorCode error = TryFindForJoin(call, out member);
        if (error != ErrorCode.None) return error;
        if (!IsSupported(call, member)) return ErrorCode.InconsistentGroupProtocol;
        if (!ConsumerProtocol.TryReadSubscription(call.Protocols[0].Metadata, out subscription) || !subscription.Topics.All(RecordText.Fits))
            return ErrorCode.InconsistentGroupProtocol;
        if (member is null && admission.IsFull) return ErrorCode.GroupMaxSizeReached;

        // It was given up, and what it thinks it has may be another's by now: it must let go first.
        if (member is null && call.MemberId.Length > 0 && subscription.OwnedPartitions.Count > 0) return ErrorCode.UnknownMemberId;

        // Nothing is kept of an id that was given out: who comes back with it is as good as new.
        return call is { MemberId.Length: 0, InstanceId: null, NeedsKnownId: true } ? ErrorCode.MemberIdRequired : ErrorCode.None;
    }

    private ErrorCode TryFindForJoin(JoinCall call, out ConsumerMember? member)
    {
        member = call.InstanceId is { } instance ? Members.FindStatic(instance) : Members.Find(call.MemberId);
        if (call.InstanceId is null) return member is { InstanceId: not null } ? ErrorCode.UnknownMemberId : ErrorCode.None;

        // Without an id it is a process that was started anew and takes the place of the former.
        if (call.MemberId.Length == 0) return ErrorCode.None;
        if (member is null) return ErrorCode.UnknownMemberId;
        return member.Id == call.MemberId ? ErrorCode.None : ErrorCode.FencedInstanceId;
    }

    /// <summary>Its members must be able to go on as a classic group, so that they need a protocol in common all the same.</summary>
    private bool IsSupported(JoinCall call, ConsumerMember? self)
    {
        if (call.ProtocolType != ConsumerSubscription.ProtocolType || call.Protocols.Count == 0) return false;
        ConsumerMember[] others = [.. Members.All.Where(member => member != self && member.Classic is not null)];
        return call.Protocols.Any(protocol => others.All(member => member.Classic!.Supports(protocol.Name)));
    }

    private ErrorCode TryFind(MemberClaim claim, out ConsumerMember? member)
    {
        member = null;
        if (group.IsDead) return ErrorCode.CoordinatorNotAvailable;
        member = claim.HasInstanceId ? Members.FindStatic(claim.InstanceId) : Members.Find(claim.MemberId);
        if (member is null) return ErrorCode.UnknownMemberId;
        if (!claim.MemberId.SequenceEqual(member.Id)) return ErrorCode.FencedInstanceId;
        return member.Classic is null ? ErrorCode.UnknownMemberId : ErrorCode.None;
    }

    private static HeartbeatCall CallOf(string id, JoinCall call, ConsumerProtocolSubscription subscription, ITopicView topics) => new()
    {
        MemberId = id,
        Epoch = ConsumerMember.JoinEpoch,
        InstanceId = call.InstanceId,
        RackId = string.IsNullOrEmpty(subscription.RackId) || !RecordText.Fits(subscription.RackId) ? null : subscription.RackId,
        RebalanceTimeoutMs = call.RebalanceTimeoutMs,
        TopicNames = SortedNames.Of(subscription.Topics),
        TopicRegex = "",
        Owned = ConsumerProtocol.Owned(subscription, topics),
        ClientId = call.ClientId,
        ClientHost = call.ClientHost,
    };

    private static JoinAnswer AnswerOf(ConsumerMember member) => new()
    {
        Generation = member.Epoch,
        ProtocolType = ConsumerSubscription.ProtocolType,
        ProtocolName = member.Classic!.First.Name,
        MemberId = member.Id,
    };

    private static string Because(string? reason) => string.IsNullOrEmpty(reason) ? "" : $": {reason}";
}
