using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Groups;

/// <summary>A classic group as its record in the offsets' topic has it. All methods are pure but for the group they fill.</summary>
internal static class ClassicGroupRecord
{
    /// <summary>The version that brokers of every age read.</summary>
    private const short ValueVersion = 3;

    private static readonly Dictionary<string, byte[]> Nothing = [];

    /// <summary>The group with the assignments that its members have.</summary>
    public static GroupRecord Of(ClassicGroup group) =>
        Of(group, group.Members.Count == 0 ? Nothing : group.Members.All.ToDictionary(static member => member.Id, static member => member.Assignment));

    /// <summary>The group with assignments that its members have yet to get.</summary>
    public static GroupRecord Of(ClassicGroup group, IReadOnlyDictionary<string, byte[]> assignments) => new(
        GroupMetadataKey.RecordType,
        new GroupMetadataKey { Group = group.Id },
        new GroupMetadataValue
        {
            ProtocolType = group.ProtocolType,
            Generation = group.Generation,
            Protocol = group.ProtocolName,
            Leader = group.Leader,
            CurrentStateTimestamp = group.StateSince.Value,
            Members = [.. group.Members.All.Select(member => Of(group, member, assignments))],
        },
        ValueVersion);

    public static GroupRecord Tombstone(string group) =>
        GroupRecord.Tombstone(GroupMetadataKey.RecordType, new GroupMetadataKey { Group = group });

    /// <summary>Fills a group that has no members.</summary>
    public static void Restore(ClassicGroup group, GroupMetadataValue value, Moment now)
    {
        group.MembersProtocolType = value.ProtocolType.Length == 0 ? null : value.ProtocolType;
        group.Generation = value.Generation;
        group.ProtocolName = value.Protocol;
        group.Leader = value.Leader;
        group.StateSince = new TimestampMs(value.CurrentStateTimestamp);
        group.State = value.Members.Count == 0 ? ClassicState.Empty : ClassicState.Stable;
        foreach (GroupMetadataValue.MemberMetadata member in value.Members.DistinctBy(static member => member.MemberId))
            group.Members.Add(Restore(member, value.Protocol, now));
        group.SubscribedTopics = value.Members.Count == 0 ? null : ClassicRebalance.SubscribedTopics(group);
    }

    private static GroupMetadataValue.MemberMetadata Of(
        ClassicGroup group, ClassicMember member, IReadOnlyDictionary<string, byte[]> assignments) => new()
        {
            MemberId = member.Id,
            GroupInstanceId = member.InstanceId,
            ClientId = member.ClientId,
            ClientHost = member.ClientHost,
            RebalanceTimeout = member.RebalanceTimeoutMs,
            SessionTimeout = member.SessionTimeoutMs,
            Subscription = member.MetadataOf(group.ProtocolName) ?? [],
            Assignment = assignments.GetValueOrDefault(member.Id, []),
        };

    private static ClassicMember Restore(GroupMetadataValue.MemberMetadata value, string? protocol, Moment now)
    {
        var member = new ClassicMember
        {
            Id = value.MemberId,
            InstanceId = value.GroupInstanceId,
            ClientId = value.ClientId,
            ClientHost = value.ClientHost,
            SessionTimeoutMs = value.SessionTimeout,

            // The record's first versions did not have it; the session's timeout stood for it in their days.
            RebalanceTimeoutMs = value.RebalanceTimeout < 0 ? value.SessionTimeout : value.RebalanceTimeout,
            Protocols = [new MemberProtocol(protocol ?? "", value.Subscription)],
            Assignment = value.Assignment,
            IsNew = false,
            HasSynced = true,
        };
        member.Seen(now);
        return member;
    }
}
