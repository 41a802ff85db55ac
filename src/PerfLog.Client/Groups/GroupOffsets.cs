using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Groups;

/// <summary>Commits a group's offsets and asks for them. Any thread may use it; errors that pass are waited out.</summary>
internal sealed class GroupOffsets(ConsumerOptions options, CoordinatorLink coordinator)
{
    private const short HighestCommitWithNames = 9;
    private const short HighestFetchOfOneGroup = 7;

    /// <param name="membership">In whose name; outside of a generation for a consumer that was assigned its partitions.</param>
    /// <param name="offsets">What to commit.</param>
    /// <param name="cancellation">Ends the attempts.</param>
    /// <exception cref="ConsumeException">The coordinator refused; the message names the first partition, and the reason.</exception>
    public async Task CommitAsync(
        Membership membership, IReadOnlyDictionary<TopicPartition, OffsetAndMetadata> offsets, CancellationToken cancellation)
    {
        if (offsets.Count == 0) return;
        OffsetCommitRequest request = Request(membership, offsets);
        while (true)
        {
            OffsetCommitResponse? answer = await coordinator.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
                LinkLane.Group, HighestCommitWithNames, _ => request, cancellation).ConfigureAwait(false);
            if (answer is not null && !HasPassing(answer)) return;
            await coordinator.PauseAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <returns>What is committed; partitions of which nothing is are missing.</returns>
    public async Task<IReadOnlyDictionary<TopicPartition, OffsetAndMetadata>> FetchAsync(
        IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
    {
        while (true)
        {
            OffsetFetchResponse? answer = await coordinator.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
                LinkLane.Requests, HighestFetchOfOneGroup, version => Request(partitions, version), cancellation).ConfigureAwait(false);
            if (answer is not null && TryRead(answer, out Dictionary<TopicPartition, OffsetAndMetadata> committed)) return committed;
            await coordinator.PauseAsync(cancellation).ConfigureAwait(false);
        }
    }

    private bool HasPassing(OffsetCommitResponse answer)
    {
        bool passing = false;
        foreach (OffsetCommitResponse.OffsetCommitResponseTopic topic in answer.Topics)
        {
            foreach (OffsetCommitResponse.OffsetCommitResponsePartition partition in topic.Partitions)
            {
                if (partition.ErrorCode == ErrorCode.None) continue;
                passing = coordinator.MayPass(partition.ErrorCode) || partition.ErrorCode == ErrorCode.UnknownTopicOrPartition
                    ? true
                    : throw Refused(partition.ErrorCode, new TopicPartition(topic.Name, partition.PartitionIndex));
            }
        }

        return passing;
    }

    private ConsumeException Refused(ErrorCode error, TopicPartition partition) => new(
        error,
        $"group {options.GroupId}, {partition}",
        error is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress or ErrorCode.FencedInstanceId
            ? "the offset was not committed, because the group has moved on without this member's commit; the partition may be another's by now"
            : "the offset was not committed");

    private bool TryRead(OffsetFetchResponse answer, out Dictionary<TopicPartition, OffsetAndMetadata> committed)
    {
        committed = [];
        if (answer.ErrorCode != ErrorCode.None) return !coordinator.MayPass(answer.ErrorCode)
            ? throw new ConsumeException(answer.ErrorCode, $"group {options.GroupId}", "its offsets are not told")
            : false;
        foreach (OffsetFetchResponse.OffsetFetchResponseTopic topic in answer.Topics)
        {
            foreach (OffsetFetchResponse.OffsetFetchResponsePartition partition in topic.Partitions)
            {
                TopicPartition at = new(topic.Name, partition.PartitionIndex);
                if (coordinator.MayPass(partition.ErrorCode)) return false;
                if (partition.ErrorCode is not (ErrorCode.None or ErrorCode.UnknownTopicOrPartition))
                    throw new ConsumeException(partition.ErrorCode, $"group {options.GroupId}, {at}", "its offset is not told");
                if (partition.CommittedOffset < 0) continue;
                committed[at] = new OffsetAndMetadata(
                    new Offset(partition.CommittedOffset), partition.Metadata ?? "", new LeaderEpoch(partition.CommittedLeaderEpoch));
            }
        }

        return true;
    }

    private OffsetCommitRequest Request(Membership membership, IReadOnlyDictionary<TopicPartition, OffsetAndMetadata> offsets) => new()
    {
        GroupId = options.GroupId!,
        GenerationIdOrMemberEpoch = membership.Generation,
        MemberId = membership.IsActive ? membership.MemberId : "",
        GroupInstanceId = membership.IsActive ? options.GroupInstanceId : null,
        Topics = [.. offsets.GroupBy(static entry => entry.Key.Topic).Select(static topic => new OffsetCommitRequest.OffsetCommitRequestTopic
        {
            Name = topic.Key,
            Partitions = [.. topic.Select(static entry => new OffsetCommitRequest.OffsetCommitRequestPartition
            {
                PartitionIndex = entry.Key.Partition,
                CommittedOffset = entry.Value.Offset.Value,
                CommittedLeaderEpoch = entry.Value.LeaderEpoch.Value,
                CommittedMetadata = entry.Value.Metadata,
            })],
        })],
    };

    private OffsetFetchRequest Request(IReadOnlyList<TopicPartition> partitions, short version) => new()
    {
        GroupId = options.GroupId!,
        Topics = [.. partitions.GroupBy(static partition => partition.Topic).Select(static topic => new OffsetFetchRequest.OffsetFetchRequestTopic
        {
            Name = topic.Key, PartitionIndexes = [.. topic.Select(static partition => partition.Partition)],
        })],
        RequireStable = version >= HighestFetchOfOneGroup && options.IsolationLevel == IsolationLevel.ReadCommitted,
    };
}
