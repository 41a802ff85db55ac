using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Groups;

/// <summary>A consumer group's state as records of the offsets' topic. All methods are pure.</summary>
internal static class ConsumerGroupRecord
{
    private const short ValueVersion = 0;

    public static GroupRecord Of(ConsumerGroup group) => new(
        ConsumerGroupMetadataKey.RecordType,
        new ConsumerGroupMetadataKey { GroupId = group.Id },
        new ConsumerGroupMetadataValue { Epoch = group.Epoch, MetadataHash = group.MetadataHash },
        ValueVersion);

    public static GroupRecord Member(string group, ConsumerMember member) => new(
        ConsumerGroupMemberMetadataKey.RecordType,
        new ConsumerGroupMemberMetadataKey { GroupId = group, MemberId = member.Id },
        new ConsumerGroupMemberMetadataValue
        {
            InstanceId = member.InstanceId,
            RackId = member.RackId,
            ClientId = member.ClientId,
            ClientHost = member.ClientHost,
            SubscribedTopicNames = [.. member.TopicNames],
            SubscribedTopicRegex = member.TopicRegex,
            RebalanceTimeoutMs = member.RebalanceTimeoutMs,
            ServerAssignor = member.ServerAssignor,
            ClassicMemberMetadata = member.Classic is null ? null : Of(member.Classic),
        },
        ValueVersion);

    public static GroupRecord Regex(string group, string regex, string[] topics, Moment now) => new(
        ConsumerGroupRegularExpressionKey.RecordType,
        new ConsumerGroupRegularExpressionKey { GroupId = group, RegularExpression = regex },
        new ConsumerGroupRegularExpressionValue { Topics = [.. topics], Timestamp = now.Wall.Value },
        ValueVersion);

    public static GroupRecord TargetEpoch(ConsumerGroup group) => new(
        ConsumerGroupTargetAssignmentMetadataKey.RecordType,
        new ConsumerGroupTargetAssignmentMetadataKey { GroupId = group.Id },
        new ConsumerGroupTargetAssignmentMetadataValue
        {
            AssignmentEpoch = group.AssignmentEpoch,
            AssignmentTimestamp = group.AssignedAt.Value,
        },
        ValueVersion);

    public static GroupRecord Target(string group, ConsumerMember member) => new(
        ConsumerGroupTargetAssignmentMemberKey.RecordType,
        new ConsumerGroupTargetAssignmentMemberKey { GroupId = group, MemberId = member.Id },
        new ConsumerGroupTargetAssignmentMemberValue
        {
            TopicPartitions = [.. member.Target.ByTopic().Select(static topic =>
                new ConsumerGroupTargetAssignmentMemberValue.TopicPartition { TopicId = topic.TopicId, Partitions = topic.Partitions })],
        },
        ValueVersion);

    public static GroupRecord Current(string group, ConsumerMember member) => new(
        ConsumerGroupCurrentMemberAssignmentKey.RecordType,
        new ConsumerGroupCurrentMemberAssignmentKey { GroupId = group, MemberId = member.Id },
        new ConsumerGroupCurrentMemberAssignmentValue
        {
            MemberEpoch = member.Epoch,
            PreviousMemberEpoch = member.PreviousEpoch,
            State = (sbyte)member.State,
            AssignedPartitions = CurrentPartitions(member.Assigned),
            PartitionsPendingRevocation = CurrentPartitions(member.PendingRevocation),
        },
        ValueVersion);

    /// <summary>Everything of a member is forgotten; in the order in which it came to be, from its end.</summary>
    public static IEnumerable<GroupRecord> Forget(string group, string member) =>
    [
        GroupRecord.Tombstone(
            ConsumerGroupCurrentMemberAssignmentKey.RecordType,
            new ConsumerGroupCurrentMemberAssignmentKey { GroupId = group, MemberId = member }),
        GroupRecord.Tombstone(
            ConsumerGroupTargetAssignmentMemberKey.RecordType,
            new ConsumerGroupTargetAssignmentMemberKey { GroupId = group, MemberId = member }),
        GroupRecord.Tombstone(
            ConsumerGroupMemberMetadataKey.RecordType, new ConsumerGroupMemberMetadataKey { GroupId = group, MemberId = member }),
    ];

    public static GroupRecord ForgetRegex(string group, string regex) => GroupRecord.Tombstone(
        ConsumerGroupRegularExpressionKey.RecordType,
        new ConsumerGroupRegularExpressionKey { GroupId = group, RegularExpression = regex });

    /// <summary>The group itself is forgotten, after its members.</summary>
    public static IEnumerable<GroupRecord> Forget(string group) =>
    [
        GroupRecord.Tombstone(
            ConsumerGroupTargetAssignmentMetadataKey.RecordType, new ConsumerGroupTargetAssignmentMetadataKey { GroupId = group }),
        GroupRecord.Tombstone(ConsumerGroupMetadataKey.RecordType, new ConsumerGroupMetadataKey { GroupId = group }),
    ];

    private static ConsumerGroupMemberMetadataValue.ClassicMember Of(ClassicSide classic) => new()
    {
        SessionTimeoutMs = classic.SessionTimeoutMs,
        SupportedProtocols = [.. classic.Protocols.Select(static protocol =>
            new ConsumerGroupMemberMetadataValue.ClassicProtocol { Name = protocol.Name, Metadata = protocol.Metadata })],
    };

    private static List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> CurrentPartitions(PartitionSet partitions) =>
        [.. partitions.ByTopic().Select(static topic =>
            new ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions { TopicId = topic.TopicId, Partitions = topic.Partitions })];
}
