using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Admin;

/// <summary>The requests about what groups have committed.</summary>
internal sealed class GroupOffsetRequests(GroupCoordinators coordinators, TopicRequests topics)
{
    private const short FirstWithGroups = 8;
    private const short FirstWithTopicIds = 10;

    /// <summary>All that a group has committed, in order of topic and partition.</summary>
    public async Task<IReadOnlyList<GroupOffset>> ListAsync(string group, CancellationToken cancellation)
    {
        (OffsetFetchResponse response, _) = await coordinators.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
            group,
            version => version >= FirstWithGroups
                ? new OffsetFetchRequest { Groups = [new() { GroupId = group, Topics = null }] }
                : new OffsetFetchRequest { GroupId = group, Topics = null },
            static answer => answer.Groups is [var only, ..] ? only.ErrorCode : answer.ErrorCode,
            cancellation).ConfigureAwait(false);
        if (response.Groups is not [var found, ..])
        {
            GroupErrors.ThrowIfFailed(response.ErrorCode, group);
            return Ordered(response.Topics.SelectMany(static topic => topic.Partitions.Select(partition =>
                Committed(topic.Name, partition.PartitionIndex, partition.CommittedOffset, partition.Metadata))));
        }

        GroupErrors.ThrowIfFailed(found.ErrorCode, group);
        IReadOnlyDictionary<Uuid, string> names = found.Topics.Any(static topic => topic.Name.Length == 0)
            ? await NamesAsync(cancellation).ConfigureAwait(false)
            : new Dictionary<Uuid, string>();
        return Ordered(found.Topics.SelectMany(topic => topic.Partitions.Select(partition => Committed(
            topic.Name.Length > 0 ? topic.Name : names.GetValueOrDefault(topic.TopicId, topic.TopicId.ToString()),
            partition.PartitionIndex,
            partition.CommittedOffset,
            partition.Metadata))));
    }

    /// <summary>Sets what a group without members has committed.</summary>
    public async Task AlterAsync(string group, IReadOnlyCollection<GroupOffset> offsets, CancellationToken cancellation)
    {
        IReadOnlyList<TopicDescription> described = await topics.DescribeAsync(
            [.. offsets.Select(static offset => offset.Partition.Topic).Distinct()], cancellation).ConfigureAwait(false);
        Dictionary<string, Uuid> ids = described.ToDictionary(static topic => topic.Name, static topic => topic.Id);
        (OffsetCommitResponse response, _) = await coordinators.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
            group,
            version => Commit(group, offsets, version >= FirstWithTopicIds ? ids : null),
            static answer => answer.Topics.SelectMany(static topic => topic.Partitions).Select(static partition => partition.ErrorCode)
                .FirstOrDefault(static error => error is ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable),
            cancellation).ConfigureAwait(false);
        foreach (OffsetCommitResponse.OffsetCommitResponseTopic topic in response.Topics)
        {
            foreach (OffsetCommitResponse.OffsetCommitResponsePartition partition in topic.Partitions)
                GroupErrors.ThrowIfFailed(partition.ErrorCode, $"{group}, {topic.Name}-{partition.PartitionIndex}");
        }
    }

    /// <summary>Forgets what a group has committed for partitions that none of its members subscribes to.</summary>
    public async Task DeleteAsync(string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation)
    {
        var request = new OffsetDeleteRequest
        {
            GroupId = group,
            Topics = [.. partitions.GroupBy(static partition => partition.Topic).Select(static topic => new OffsetDeleteRequest.OffsetDeleteRequestTopic
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(static partition => new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = partition.Partition })],
            })],
        };
        (OffsetDeleteResponse response, _) = await coordinators.AskAsync<OffsetDeleteRequest, OffsetDeleteResponse>(
            group, _ => request, static answer => answer.ErrorCode, cancellation).ConfigureAwait(false);
        GroupErrors.ThrowIfFailed(response.ErrorCode, group);
        foreach (OffsetDeleteResponse.OffsetDeleteResponseTopic topic in response.Topics)
        {
            foreach (OffsetDeleteResponse.OffsetDeleteResponsePartition partition in topic.Partitions)
                GroupErrors.ThrowIfFailed(partition.ErrorCode, $"{group}, {topic.Name}-{partition.PartitionIndex}");
        }
    }

    private async Task<IReadOnlyDictionary<Uuid, string>> NamesAsync(CancellationToken cancellation)
    {
        IReadOnlyList<TopicDescription> all = await topics.DescribeAsync(null, cancellation).ConfigureAwait(false);
        return all.ToDictionary(static topic => topic.Id, static topic => topic.Name);
    }

    private static OffsetCommitRequest Commit(string group, IEnumerable<GroupOffset> offsets, Dictionary<string, Uuid>? ids) => new()
    {
        GroupId = group,
        Topics = [.. offsets.GroupBy(static offset => offset.Partition.Topic).Select(topic => new OffsetCommitRequest.OffsetCommitRequestTopic
        {
            Name = topic.Key,
            TopicId = ids is null ? Uuid.Zero : ids[topic.Key],
            Partitions = [.. topic.Select(static offset => new OffsetCommitRequest.OffsetCommitRequestPartition
            {
                PartitionIndex = offset.Partition.Partition,
                CommittedOffset = offset.Offset.Value,
                CommittedMetadata = offset.Metadata,
            })],
        })],
    };

    private static GroupOffset Committed(string topic, int partition, long offset, string? metadata) =>
        new(new TopicPartition(topic, partition), new Offset(offset), metadata ?? "");

    // A partition without a commit is told with a negative offset.
    private static GroupOffset[] Ordered(IEnumerable<GroupOffset> offsets) =>
        [.. offsets.Where(static offset => offset.Offset.Value >= 0)
            .OrderBy(static offset => offset.Partition.Topic, StringComparer.Ordinal).ThenBy(static offset => offset.Partition.Partition)];
}
