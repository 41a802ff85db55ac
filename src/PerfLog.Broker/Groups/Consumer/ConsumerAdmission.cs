namespace PerfLog.Broker.Groups;

/// <summary>Says which heartbeats a consumer group refuses, and why. It changes nothing. Its group's lock guards it.</summary>
internal sealed class ConsumerAdmission(
    string groupId, ConsumerMembers members, ConsumerSubscriptions subscriptions, ConsumerGroupSettings settings)
{
    public bool IsFull => members.Count >= settings.MembersMax;

    /// <summary>Finds the member that calls; null when it has yet to be admitted, another one when that is to be succeeded.</summary>
    public HeartbeatAnswer? Refuse(HeartbeatCall call, out ConsumerMember? member)
    {
        member = members.Find(call.MemberId);
        if (call.ServerAssignor is { } assignor && settings.Assignors.All(known => known.Name != assignor))
        {
            string known = string.Join(", ", settings.Assignors.Select(static known => known.Name));
            return HeartbeatAnswer.Failed(ErrorCode.UnsupportedAssignor, $"There is no assignor '{assignor}'; there are {known}.");
        }

        HeartbeatAnswer? refusal = call.Epoch == ConsumerMember.JoinEpoch ? RefuseJoin(call, ref member) : RefuseMember(call, member);
        if (refusal is not null) return refusal;
        if (string.IsNullOrEmpty(call.TopicRegex) || subscriptions.TryAccept(call.TopicRegex, out string? violation)) return null;
        return HeartbeatAnswer.Failed(ErrorCode.InvalidRegularExpression, violation);
    }

    /// <summary>Whether the instance id is in other hands.</summary>
    public HeartbeatAnswer? RefuseInstance(HeartbeatCall call, ConsumerMember? member)
    {
        if (call.InstanceId is not { } instance || members.FindStatic(instance) is not { } holder || holder == member) return null;
        return HeartbeatAnswer.Failed(ErrorCode.FencedInstanceId, $"The instance id {instance} is that of the member {holder.Id}.");
    }

    public static HeartbeatAnswer Unknown(string memberId) =>
        HeartbeatAnswer.Failed(ErrorCode.UnknownMemberId, $"There is no member {memberId}.");

    private HeartbeatAnswer? RefuseJoin(HeartbeatCall call, ref ConsumerMember? member)
    {
        if (member is not null && member.InstanceId != call.InstanceId)
            return HeartbeatAnswer.Failed(ErrorCode.InvalidRequest, $"The member {call.MemberId} has another instance id.");
        if (member is null && call.InstanceId is { } instance) member = members.FindStatic(instance);

        // A static member of the classic protocol says nothing when it stops, so that its successor cannot wait for that.
        if (member is not null && member.Id != call.MemberId && member is { IsAway: false, Classic: null })
        {
            return HeartbeatAnswer.Failed(
                ErrorCode.UnreleasedInstanceId, $"The instance id {call.InstanceId} is that of the member {member.Id}, which has not left.");
        }

        return member is null && IsFull
            ? HeartbeatAnswer.Failed(ErrorCode.GroupMaxSizeReached, $"The group '{groupId}' has {members.Count} members, which is the limit.")
            : null;
    }

    private HeartbeatAnswer? RefuseMember(HeartbeatCall call, ConsumerMember? member)
    {
        if (RefuseInstance(call, member) is { } fenced) return fenced;
        if (member is null) return Unknown(call.MemberId);
        if (call.Epoch == member.Epoch) return null;

        // The answer with the present epoch may have been lost; a member that has nothing but what is its own may go on.
        bool hasMissedAnswer = !member.IsAway && call.Epoch == member.PreviousEpoch && call.Owned is not null && call.Owned.IsSubsetOf(member.Assigned);
        return hasMissedAnswer ? null : HeartbeatAnswer.Failed(
            ErrorCode.FencedMemberEpoch, $"The member {member.Id} is at epoch {member.Epoch}, not {call.Epoch}; it must give up all and join again.");
    }
}
