using PerfLog.Client.Consuming;
using PerfLog.Client.Groups;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Client.Admin;

/// <summary>The requests about what groups have committed.</summary>
internal sealed class GroupOffsetRequests(ItemCalls calls)
{
    /// <summary>All that groups have committed, each in order of topic and partition.</summary>
    public Task<AdminResults<string, IReadOnlyList<GroupOffset>>> ListAsync(
        IEnumerable<string> groups, AdminCallOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(
            new ItemCall<string, IReadOnlyList<GroupOffset>>(
                new CoordinatorRouting<string>(calls.Cluster, static group => group), GroupErrors.Subject, static async (coordinator, groups, token) =>
                    coordinator.Link.VersionOf<OffsetFetchRequest>(OffsetMessages.HighestFetchWithNames) >= OffsetMessages.FirstFetchOfGroups
                        ? await FetchTogetherAsync(coordinator, groups, token).ConfigureAwait(false)
                        : await Task.WhenAll(groups.Select(group => FetchOneAsync(coordinator, group, token))).ConfigureAwait(false))
            {
                Meaning = GroupErrors.Meaning,
            },
            groups, options, cancellation);

    /// <summary>Sets what a group without members has committed.</summary>
    public Task<AdminResults<TopicPartition, None>> AlterAsync(
        string group, IEnumerable<GroupOffset> offsets, AdminCallOptions? options, CancellationToken cancellation)
    {
        Dictionary<TopicPartition, GroupOffset> wanted = offsets.ToDictionary(static offset => offset.Partition);
        return calls.AskAsync(
            CallOf(group, async (coordinator, partitions, token) =>
            {
                OffsetCommitRequest request = Commit(group, partitions.Select(partition => wanted[partition]));
                OffsetCommitResponse response = await coordinator.SendAsync<OffsetCommitRequest, OffsetCommitResponse>(
                    _ => request, token, OffsetMessages.HighestCommitWithNames).ConfigureAwait(false);
                return response.Topics.SelectMany(static topic => topic.Partitions.Select(partition =>
                    new ItemAnswer<TopicPartition, None>(new(topic.Name, partition.PartitionIndex), default, partition.ErrorCode)));
            }),
            wanted.Keys, options, cancellation);
    }

    /// <summary>Forgets what a group has committed for partitions that none of its members subscribes to.</summary>
    public Task<AdminResults<TopicPartition, None>> DeleteAsync(
        string group, IEnumerable<TopicPartition> partitions, AdminCallOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(
            CallOf(group, async (coordinator, partitions, token) =>
            {
                OffsetDeleteRequest request = Deletion(group, partitions);
                OffsetDeleteResponse response =
                    await coordinator.SendAsync<OffsetDeleteRequest, OffsetDeleteResponse>(_ => request, token).ConfigureAwait(false);
                return response.ErrorCode != ErrorCode.None
                    ? partitions.Select(partition => new ItemAnswer<TopicPartition, None>(partition, default, response.ErrorCode))
                    : response.Topics.SelectMany(static topic => topic.Partitions.Select(partition =>
                        new ItemAnswer<TopicPartition, None>(new(topic.Name, partition.PartitionIndex), default, partition.ErrorCode)));
            }),
            partitions, options, cancellation);

    private ItemCall<TopicPartition, None> CallOf(string group, AskAbout<TopicPartition, None> ask) => new(
        new CoordinatorRouting<TopicPartition>(calls.Cluster, _ => group), partition => $"group {group}, {partition}", ask)
    {
        Meaning = GroupErrors.Meaning,
    };

    private static async Task<IEnumerable<ItemAnswer<string, IReadOnlyList<GroupOffset>>>> FetchTogetherAsync(
        AskedBroker coordinator, IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        OffsetFetchRequest request = new()
        {
            Groups = [.. groups.Select(static group => new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = group, Topics = null })],
        };
        OffsetFetchResponse response = await coordinator.SendAsync<OffsetFetchRequest, OffsetFetchResponse>(
            _ => request, cancellation, OffsetMessages.HighestFetchWithNames).ConfigureAwait(false);
        return response.Groups.Select(static group => Answer(group.GroupId, group.ErrorCode, OffsetMessages.Told(group)));
    }

    private static async Task<ItemAnswer<string, IReadOnlyList<GroupOffset>>> FetchOneAsync(
        AskedBroker coordinator, string group, CancellationToken cancellation)
    {
        OffsetFetchResponse response = await coordinator.SendAsync<OffsetFetchRequest, OffsetFetchResponse>(
            _ => new OffsetFetchRequest { GroupId = group, Topics = null }, cancellation, OffsetMessages.HighestFetchWithNames).ConfigureAwait(false);
        return Answer(group, response.ErrorCode, OffsetMessages.Told(response.Topics));
    }

    private static ItemAnswer<string, IReadOnlyList<GroupOffset>> Answer(
        string group, ErrorCode error, IEnumerable<ToldOffset> told)
    {
        ToldOffset[] all = [.. told];
        if (error == ErrorCode.None) error = all.FirstOrDefault(static partition => partition.Error != ErrorCode.None).Error;

        // A partition without a commit is told with a negative offset.
        return new(group, [.. all.Where(static partition => partition.At.Offset.Value >= 0).Select(Committed)
            .OrderBy(static offset => offset.Partition.Topic, StringComparer.Ordinal).ThenBy(static offset => offset.Partition.Partition)], error);
    }

    private static GroupOffset Committed(ToldOffset told) =>
        new(told.Partition, told.At.Offset, told.At.Metadata) { LeaderEpoch = told.At.LeaderEpoch };

    private static OffsetCommitRequest Commit(string group, IEnumerable<GroupOffset> offsets) => new()
    {
        GroupId = group,
        Topics = OffsetMessages.Commits(offsets.Select(static offset =>
            KeyValuePair.Create(offset.Partition, new OffsetAndMetadata(offset.Offset, offset.Metadata, offset.LeaderEpoch)))),
    };

    private static OffsetDeleteRequest Deletion(string group, IEnumerable<TopicPartition> partitions) => new()
    {
        GroupId = group,
        Topics = [.. partitions.GroupBy(static partition => partition.Topic).Select(static topic => new OffsetDeleteRequest.OffsetDeleteRequestTopic
        {
            Name = topic.Key,
            Partitions = [.. topic.Select(static partition => new OffsetDeleteRequest.OffsetDeleteRequestPartition { PartitionIndex = partition.Partition })],
        })],
    };
}
