using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Groups;

/// <summary>
/// A consumer group as its records have it, gathered while a partition of the offsets' topic is read. The last record of each
/// key counts, in whatever order compaction left them. One loader uses it at a time.
/// </summary>
internal sealed class ConsumerGroupImage
{
    private readonly Dictionary<string, ConsumerGroupMemberMetadataValue> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConsumerGroupTargetAssignmentMemberValue> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConsumerGroupCurrentMemberAssignmentValue> _currents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _regexes = new(StringComparer.Ordinal);
    private ConsumerGroupMetadataValue? _group;
    private ConsumerGroupTargetAssignmentMetadataValue? _target;

    /// <summary>False when the group was deleted.</summary>
    public bool Exists => _group is not null;

    public int Epoch => _group?.Epoch ?? 0;

    public long MetadataHash => _group?.MetadataHash ?? 0;

    public int AssignmentEpoch => _target?.AssignmentEpoch ?? 0;

    public TimestampMs AssignedAt => _target is { AssignmentTimestamp: > 0 } target ? new(target.AssignmentTimestamp) : TimestampMs.None;

    public IEnumerable<ConsumerMember> Members => _members.Select(member => MemberOf(member.Key, member.Value));

    /// <summary>The topics that each regular expression matched.</summary>
    public IReadOnlyDictionary<string, string[]> Regexes => _regexes;

    public void Set(ConsumerGroupMetadataValue? group) => _group = group;

    public void Set(ConsumerGroupTargetAssignmentMetadataValue? target) => _target = target;

    public void Set(string member, ConsumerGroupMemberMetadataValue? value) => Set(_members, member, value);

    public void Set(string member, ConsumerGroupTargetAssignmentMemberValue? value) => Set(_targets, member, value);

    public void Set(string member, ConsumerGroupCurrentMemberAssignmentValue? value) => Set(_currents, member, value);

    public void Set(string regex, ConsumerGroupRegularExpressionValue? value) =>
        Set(_regexes, regex, value is null ? null : SortedNames.Of(value.Topics));

    private static void Set<TValue>(Dictionary<string, TValue> values, string member, TValue? value)
        where TValue : class
    {
        if (value is null) values.Remove(member);
        else values[member] = value;
    }

    private ConsumerMember MemberOf(string id, ConsumerGroupMemberMetadataValue value)
    {
        ConsumerGroupCurrentMemberAssignmentValue current = _currents.GetValueOrDefault(id) ?? new();
        return new ConsumerMember
        {
            Id = id,
            InstanceId = value.InstanceId,
            RackId = value.RackId,
            ClientId = value.ClientId,
            ClientHost = value.ClientHost,
            RebalanceTimeoutMs = value.RebalanceTimeoutMs,
            TopicNames = SortedNames.Of(value.SubscribedTopicNames),
            TopicRegex = value.SubscribedTopicRegex,
            ServerAssignor = value.ServerAssignor,
            Classic = value.ClassicMemberMetadata is { SupportedProtocols.Count: > 0 } classic ? Of(classic) : null,
            Epoch = current.MemberEpoch,
            PreviousEpoch = current.PreviousMemberEpoch,
            State = (ConsumerMemberState)current.State,
            Target = TargetOf(id),
            Assigned = PartitionSet.Of(Flat(current.AssignedPartitions)),
            PendingRevocation = PartitionSet.Of(Flat(current.PartitionsPendingRevocation)),
        };
    }

    private static ClassicSide Of(ConsumerGroupMemberMetadataValue.ClassicMember classic) => new(
        classic.SessionTimeoutMs, [.. classic.SupportedProtocols.Select(static protocol => new MemberProtocol(protocol.Name, protocol.Metadata))]);

    private PartitionSet TargetOf(string id) => _targets.TryGetValue(id, out ConsumerGroupTargetAssignmentMemberValue? target)
        ? PartitionSet.Of(target.TopicPartitions.SelectMany(static topic =>
            topic.Partitions.Select(number => new TopicIdPartition(topic.TopicId, number))))
        : PartitionSet.Empty;

    private static IEnumerable<TopicIdPartition> Flat(List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> topics) =>
        topics.SelectMany(static topic => topic.Partitions.Select(number => new TopicIdPartition(topic.TopicId, number)));
}
