namespace PerfLog.Broker.Groups;

/// <summary>
/// The requests of the classic group protocol: finds the group, asks it under its lock, and has done what it wants done. Any
/// thread may call it; nothing in it blocks.
/// </summary>
internal sealed class ClassicCoordinator(GroupCoordinator coordinator, TopicViews topics)
{
    private GroupRuntime Runtime => coordinator.Runtime;

    /// <summary>Joins the group. The answer comes when the group is complete, which may take minutes.</summary>
    public Task<JoinAnswer> JoinAsync(string groupId, JoinCall call)
    {
        if (CheckJoin(groupId, call) is var wrong and not ErrorCode.None) return Task.FromResult(JoinAnswer.Failed(wrong, call.MemberId));
        ErrorCode error = TryFindForJoin(groupId, call, out Group? group);
        if (error != ErrorCode.None) return Task.FromResult(JoinAnswer.Failed(error, call.MemberId));
        lock (group!.Gate)
        {
            Moment now = Runtime.Now;
            GroupMembership membership = group.Membership;
            Task<JoinAnswer> answer = GroupConversion.Join(ref membership, call, coordinator.Settings.Classic, topics.Current, now);
            group.Membership = membership;
            Runtime.Settle(group, now);
            return answer;
        }
    }

    /// <summary>Asks for the assignment. The answer comes when the leader has given it.</summary>
    public Task<SyncAnswer> SyncAsync(string groupId, SyncCall call)
    {
        ErrorCode error = TryFind(groupId, out Group? group);

        // While groups are loaded nothing is known of any; the member joins again, which it is told when all is there.
        if (error == ErrorCode.CoordinatorLoadInProgress) error = ErrorCode.RebalanceInProgress;
        if (error != ErrorCode.None) return Task.FromResult(SyncAnswer.Failed(error));
        lock (group!.Gate)
        {
            Moment now = Runtime.Now;
            Task<SyncAnswer> answer = group.Membership switch
            {
                ClassicGroup members => members.Sync(call, now),
                ConsumerGroup members => Task.FromResult(members.Guests.Sync(call, topics.Current, now)),
                _ => Task.FromResult(SyncAnswer.Failed(ErrorCode.UnknownMemberId)),
            };
            Runtime.Settle(group, now);
            return answer;
        }
    }

    public ErrorCode Heartbeat(ReadOnlySpan<char> groupId, MemberClaim claim)
    {
        ErrorCode error = TryFind(groupId, out Group? group);

        // The member's session begins anew when its group is loaded, so that it need not worry now.
        if (error == ErrorCode.CoordinatorLoadInProgress) return ErrorCode.None;
        if (error != ErrorCode.None) return error;
        lock (group!.Gate)
        {
            Moment now = Runtime.Now;

            // No settling: a heartbeat only moves deadlines away, and asks for no record.
            if (group.Membership is ClassicGroup classic) return classic.Heartbeat(claim, now);
            if (group.Membership is not ConsumerGroup consumer) return ErrorCode.UnknownMemberId;
            error = consumer.Guests.Heartbeat(claim, topics.Current, now);
            Runtime.Settle(group, now);
            return error;
        }
    }

    /// <summary>Finds the group that members leave; leave one by one with <see cref="Leave"/>.</summary>
    public ErrorCode TryFind(ReadOnlySpan<char> groupId, out Group? group)
    {
        group = null;
        if (groupId.IsEmpty) return ErrorCode.InvalidGroupId;
        ErrorCode error = coordinator.TryFind(groupId, out group);
        return error == ErrorCode.None && group is null ? ErrorCode.UnknownMemberId : error;
    }

    public ErrorCode Leave(Group group, string memberId, string? instanceId, string? reason)
    {
        lock (group.Gate)
        {
            Moment now = Runtime.Now;
            ErrorCode error = group.Membership switch
            {
                ClassicGroup members => members.Leave(memberId, instanceId, reason, now),
                ConsumerGroup members => members.Remove(memberId, instanceId, reason, now),
                _ => ErrorCode.UnknownMemberId,
            };
            Runtime.Settle(group, now);
            return error;
        }
    }

    private ErrorCode CheckJoin(string groupId, JoinCall call)
    {
        if (groupId.Length == 0) return ErrorCode.InvalidGroupId;
        ClassicGroupSettings limits = coordinator.Settings.Classic;
        if (call.SessionTimeoutMs < limits.SessionTimeoutMinMs || call.SessionTimeoutMs > limits.SessionTimeoutMaxMs)
            return ErrorCode.InvalidSessionTimeout;
        bool fits = RecordText.Fits(call.InstanceId) && RecordText.Fits(call.ProtocolType)
            && call.Protocols.All(static protocol => RecordText.Fits(protocol.Name));
        return fits ? ErrorCode.None : ErrorCode.InvalidRequest;
    }

    /// <summary>Only a newcomer makes a group: who has an id already had a group, which is gone.</summary>
    private ErrorCode TryFindForJoin(string groupId, JoinCall call, out Group? group) =>
        call.MemberId.Length == 0 ? coordinator.TryFindOrAdd(groupId, out group) : TryFind(groupId, out group);
}
