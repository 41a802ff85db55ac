namespace PerfLog.Broker.Groups;

/// <summary>
/// The requests of the consumer group protocol: finds the group, asks it under its lock, and has done what it wants done. Any
/// thread may call it; nothing in it blocks.
/// </summary>
internal sealed class ConsumerCoordinator(GroupCoordinator coordinator, TopicViews topics)
{
    private GroupRuntime Runtime => coordinator.Runtime;

    /// <summary>The topics of this moment.</summary>
    public ImageTopics Topics => topics.Current;

    /// <summary>Answers a heartbeat that says nothing new, if there is nothing new to say either.</summary>
    public bool TryAnswerIdle(ReadOnlySpan<char> groupId, MemberClaim claim, out HeartbeatAnswer answer)
    {
        answer = default;
        if (coordinator.TryFind(groupId, out Group? group) != ErrorCode.None || group is null) return false;
        lock (group.Gate)
        {
            // No settling: such a heartbeat only moves a deadline away, and asks for no record.
            return group.Membership is ConsumerGroup { IsDead: false } members && members.TryAnswerIdle(claim, Topics, Runtime.Now, out answer);
        }
    }

    /// <summary>Answers any heartbeat, once what it changes has been written.</summary>
    public ValueTask<HeartbeatAnswer> HeartbeatAsync(string groupId, HeartbeatCall call)
    {
        if (!coordinator.Settings.ServesConsumerGroups) return Refuse(ErrorCode.UnsupportedVersion, "This broker does not serve consumer groups.");
        if (HeartbeatRules.Violation(groupId, call) is { } violation) return Refuse(ErrorCode.InvalidRequest, violation);
        ErrorCode error = call.Epoch == ConsumerMember.JoinEpoch
            ? coordinator.TryFindOrAdd(groupId, out Group? group)
            : coordinator.TryFind(groupId, out group);
        if (error != ErrorCode.None) return Refuse(error, $"The group '{groupId}' cannot be had here now.");
        if (group is null) return Refuse(ErrorCode.UnknownMemberId, $"There is no group '{groupId}'.");
        lock (group.Gate)
        {
            // It was just deleted; the next try makes it anew.
            if (group.Membership.IsDead) return Refuse(ErrorCode.CoordinatorNotAvailable, $"The group '{groupId}' has just gone.");
            Moment now = Runtime.Now;
            GroupMembership membership = group.Membership;
            ValueTask<HeartbeatAnswer> answer = GroupConversion.Heartbeat(ref membership, call, coordinator.Settings.Consumer, Topics, now);
            group.Membership = membership;
            Runtime.Settle(group, now);
            return answer;
        }
    }

    /// <summary>Looks at a group under its lock.</summary>
    /// <returns>Why it cannot be looked at; none after <paramref name="look"/> was called.</returns>
    public ErrorCode Look(string groupId, Action<ConsumerGroup> look)
    {
        ErrorCode error = coordinator.TryFind(groupId, out Group? group);
        if (error != ErrorCode.None) return error;
        if (group is null) return ErrorCode.GroupIdNotFound;
        lock (group.Gate)
        {
            if (group.Membership is not ConsumerGroup { IsDead: false } members) return ErrorCode.GroupIdNotFound;
            look(members);
            return ErrorCode.None;
        }
    }

    private static ValueTask<HeartbeatAnswer> Refuse(ErrorCode error, string message) => new(HeartbeatAnswer.Failed(error, message));
}
