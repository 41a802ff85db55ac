using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Makes a group one of another protocol. Without members it only forgets what it was, with the first change of what it becomes;
/// members go over with what they have. Offsets stay. The group's lock is held.
/// </summary>
internal static class GroupConversion
{
    /// <summary>A member of the newer protocol beats: a group that is none of its kind becomes one if it can.</summary>
    public static ValueTask<HeartbeatAnswer> Heartbeat(
        ref GroupMembership membership, HeartbeatCall call, ConsumerGroupSettings settings, ITopicView topics, Moment now)
    {
        if (membership is ConsumerGroup already) return already.Heartbeat(call, topics, now);
        var former = (ClassicGroup)membership;
        ConsumerGroup? group = call.Epoch == ConsumerMember.JoinEpoch ? ToConsumer(former, settings, topics, now) : null;
        if (group is null)
            return new(HeartbeatAnswer.Failed(ErrorCode.GroupIdNotFound, $"The group '{former.Id}' is no consumer group, and has members of another kind."));
        ValueTask<HeartbeatAnswer> answer = group.Heartbeat(call, topics, now);

        // A refused member changes nothing, also not what the group is.
        if (answer.IsCompleted && answer.Result.Error != ErrorCode.None) return answer;
        former.Kill(ErrorCode.RebalanceInProgress);
        membership = group;
        return answer;
    }

    /// <summary>A member of the classic protocol joins: an empty group becomes one of its kind, any other takes it as it is.</summary>
    public static Task<JoinAnswer> Join(
        ref GroupMembership membership, JoinCall call, ClassicGroupSettings settings, ITopicView topics, Moment now)
    {
        if (membership is ConsumerGroup { IsEmpty: true } former) membership = new ClassicGroup(former.Id, settings, former.Tombstones());
        return membership is ConsumerGroup group ? group.Guests.Join(call, topics, now) : ((ClassicGroup)membership).Join(call, now);
    }

    /// <summary>The classic group of a group whose members all speak the classic protocol, about to come together anew.</summary>
    /// <returns>Null when they do not, or must not be a classic group.</returns>
    public static ClassicGroup? ToClassic(ConsumerGroup former, ConsumerGroupSettings settings, Moment now)
    {
        bool isAllowed = settings.Migration.HasFlag(MigrationPolicy.Downgrade) && former.Members.Count <= settings.Classic.MembersMax;
        if (!isAllowed || former.Members.All.Any(static member => member.Classic is null)) return null;
        ClassicMember[] members = [.. former.Members.All.Select(member => MemberOf(member, former))];
        if (!ProtocolVote.HaveOneInCommon(members)) return null;
        var group = new ClassicGroup(former.Id, settings.Classic, former.Tombstones());
        group.Adopt(former.Epoch, members, "no member is left that the broker assigns for", now);
        return group;
    }

    /// <returns>Null when the group cannot be one. The group given is as it was.</returns>
    private static ConsumerGroup? ToConsumer(ClassicGroup former, ConsumerGroupSettings settings, ITopicView topics, Moment now)
    {
        if (former.IsEmpty) return new ConsumerGroup(former.Id, settings, former.Tombstones());
        bool isAllowed = settings.Migration.HasFlag(MigrationPolicy.Upgrade) && former.Members.Count <= settings.MembersMax;
        if (!isAllowed || former.MembersProtocolType != ConsumerSubscription.ProtocolType) return null;

        var members = new List<ConsumerMember>();
        var owned = new List<PartitionSet>();
        PartitionSet taken = PartitionSet.Empty;
        foreach (ClassicMember member in former.Members.All)
        {
            byte[] metadata = member.MetadataOf(former.ProtocolName) ?? member.Protocols[0].Metadata;
            if (!ConsumerProtocol.TryReadSubscription(metadata, out ConsumerProtocolSubscription subscription)) return null;
            members.Add(MemberOf(member, subscription, former.Generation, ConsumerProtocol.ReadAssignment(member.Assignment, topics).Except(taken)));
            owned.Add(ConsumerProtocol.Owned(subscription, topics));
            taken = taken.Union(members[^1].Assigned);
        }

        // A member that has not learnt yet what it is assigned still reads what it had when it joined.
        for (int place = 0; place < members.Count; place++)
        {
            PartitionSet kept = owned[place].Except(taken);
            members[place].Target = members[place].Assigned = members[place].Assigned.Union(kept);
            taken = taken.Union(kept);
        }

        var group = new ConsumerGroup(former.Id, settings, former.Unforgotten);
        group.Adopt(former.Generation, members, now);
        return group;
    }

    private static ConsumerMember MemberOf(ClassicMember member, ConsumerProtocolSubscription subscription, int generation, PartitionSet assigned) => new()
    {
        Id = member.Id,
        InstanceId = member.InstanceId,
        RackId = string.IsNullOrEmpty(subscription.RackId) ? null : subscription.RackId,
        ClientId = member.ClientId,
        ClientHost = member.ClientHost,
        RebalanceTimeoutMs = member.RebalanceTimeoutMs,
        TopicNames = SortedNames.Of(subscription.Topics),
        Classic = new ClassicSide(member.SessionTimeoutMs, member.Protocols),
        Epoch = generation,
        PreviousEpoch = generation,
        Assigned = assigned,
    };

    private static ClassicMember MemberOf(ConsumerMember member, ConsumerGroup former) => new()
    {
        Id = member.Id,
        InstanceId = member.InstanceId,
        ClientId = member.ClientId,
        ClientHost = member.ClientHost,
        SessionTimeoutMs = member.Classic!.SessionTimeoutMs,
        RebalanceTimeoutMs = member.RebalanceTimeoutMs,
        Protocols = member.Classic.Protocols,
        Assignment = ConsumerProtocol.Assignment(member.Assigned.Union(member.PendingRevocation), former.NameOf, member.Classic.First.Metadata),
        IsNew = false,
        HasSynced = true,
    };
}
