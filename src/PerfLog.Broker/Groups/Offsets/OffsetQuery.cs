using PerfLog.Protocol.Messages;
using Answered = PerfLog.Protocol.Messages.OffsetFetchResponse.OffsetFetchResponsePartitions;
using AnsweredGroup = PerfLog.Protocol.Messages.OffsetFetchResponse.OffsetFetchResponseGroup;
using AnsweredTopic = PerfLog.Protocol.Messages.OffsetFetchResponse.OffsetFetchResponseTopics;

namespace PerfLog.Broker.Groups;

/// <summary>Answers where groups stand. Any thread may call it.</summary>
internal sealed class OffsetQuery(GroupCoordinator coordinator)
{
    private const long NoOffset = -1;

    /// <summary>Everything that the group committed when no topics are named; "no offset" for what it did not commit.</summary>
    public AnsweredGroup Find(OffsetFetchRequest.OffsetFetchRequestGroup asked)
    {
        var answer = new AnsweredGroup { GroupId = asked.GroupId };
        answer.ErrorCode = coordinator.TryFind(asked.GroupId, out Group? group);
        if (answer.ErrorCode != ErrorCode.None) return answer;
        if (group is null)
        {
            answer.Topics = asked.Topics?.ConvertAll(topic => Describe(topic, null)) ?? [];
            return answer;
        }

        lock (group.Gate)
        {
            answer.ErrorCode = group.Membership.CheckFetch(new MemberClaim(asked.MemberId, null, asked.MemberEpoch));
            if (answer.ErrorCode == ErrorCode.None) answer.Topics = asked.Topics?.ConvertAll(topic => Describe(topic, group.Offsets)) ?? All(group.Offsets);
        }

        return answer;
    }

    public static Answered Failed(int partition, ErrorCode error) => new()
    {
        PartitionIndex = partition,
        CommittedOffset = NoOffset,
        CommittedLeaderEpoch = LeaderEpoch.None.Value,
        Metadata = "",
        ErrorCode = error,
    };

    private static AnsweredTopic Describe(OffsetFetchRequest.OffsetFetchRequestTopics asked, GroupOffsets? offsets) => new()
    {
        Name = asked.Name,
        Partitions = asked.PartitionIndexes.ConvertAll(index => Describe(new TopicPartition(asked.Name, index), offsets)),
    };

    private static Answered Describe(TopicPartition partition, GroupOffsets? offsets) =>
        offsets is not null && offsets.TryGet(partition, out CommittedOffset offset)
            ? Describe(partition.Partition, offset)
            : Failed(partition.Partition, ErrorCode.None);

    private static Answered Describe(int partition, in CommittedOffset offset) => new()
    {
        PartitionIndex = partition,
        CommittedOffset = offset.Offset.Value,
        CommittedLeaderEpoch = offset.LeaderEpoch.Value,
        Metadata = offset.Metadata,
    };

    private static List<AnsweredTopic> All(GroupOffsets offsets)
    {
        var byTopic = new Dictionary<string, AnsweredTopic>(StringComparer.Ordinal);
        foreach ((TopicPartition partition, CommittedOffset offset) in offsets.All)
        {
            if (!byTopic.TryGetValue(partition.Topic, out AnsweredTopic? topic)) byTopic[partition.Topic] = topic = new() { Name = partition.Topic };
            topic.Partitions.Add(Describe(partition.Partition, offset));
        }

        return [.. byTopic.Values];
    }
}
