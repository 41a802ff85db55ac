using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Groups;

/// <summary>Commits a group's offsets and asks for them. Any thread may use it; errors that pass are waited out.</summary>
/// <param name="options">The group's name.</param>
/// <param name="coordinator">The way to it.</param>
/// <param name="current">The place in the group at the moment; a commit goes on in its name when only the epoch has changed.</param>
/// <param name="asking">In whose name committed offsets are asked for at the moment.</param>
internal sealed class GroupOffsets(
    ConsumerOptions options, CoordinatorLink coordinator, Func<Membership> current, Func<Membership> asking)
{
    private const short FirstStableFetch = 7;

    /// <param name="membership">In whose name; outside of a generation for a consumer that was assigned its partitions.</param>
    /// <param name="offsets">What to commit.</param>
    /// <param name="cancellation">Ends the attempts.</param>
    /// <exception cref="ConsumeException">The coordinator refused; the message names the first partition, and the reason.</exception>
    public async Task CommitAsync(
        Membership membership, IReadOnlyDictionary<TopicPartition, OffsetAndMetadata> offsets, CancellationToken cancellation)
    {
        if (offsets.Count == 0) return;
        while (true)
        {
            OffsetCommitRequest request = Request(membership, offsets);
            OffsetCommitResponse? answer = await coordinator.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
                LinkLane.Group, OffsetMessages.HighestCommitWithNames, _ => request, cancellation).ConfigureAwait(false);
            if (answer is not null && !HasPassing(answer, ref membership)) return;
            await coordinator.PauseAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <returns>What is committed; partitions of which nothing is are missing.</returns>
    public async Task<IReadOnlyDictionary<TopicPartition, OffsetAndMetadata>> FetchAsync(
        IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
    {
        while (true)
        {
            Membership membership = asking();
            OffsetFetchResponse? answer = await coordinator.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
                LinkLane.Requests, OffsetMessages.HighestFetchWithNames, version => Request(membership, partitions, version), cancellation).ConfigureAwait(false);
            if (answer is not null && TryRead(answer, out Dictionary<TopicPartition, OffsetAndMetadata> committed)) return committed;
            await coordinator.PauseAsync(cancellation).ConfigureAwait(false);
        }
    }

    private bool HasPassing(OffsetCommitResponse answer, ref Membership membership)
    {
        bool passing = false;
        foreach (OffsetCommitResponse.OffsetCommitResponseTopic topic in answer.Topics)
        {
            foreach (OffsetCommitResponse.OffsetCommitResponsePartition partition in topic.Partitions)
            {
                if (partition.ErrorCode == ErrorCode.None) continue;
                passing = coordinator.MayPass(partition.ErrorCode) || partition.ErrorCode == ErrorCode.UnknownTopicOrPartition
                    || (partition.ErrorCode == ErrorCode.StaleMemberEpoch && IsStillIn(ref membership))
                    ? true
                    : throw Refused(partition.ErrorCode, new TopicPartition(topic.Name, partition.PartitionIndex));
            }
        }

        return passing;
    }

    // An epoch is the member's, not its partitions': one that has gone on still has what it was not asked to give up.
    private bool IsStillIn(ref Membership membership)
    {
        Membership now = current();
        if (!now.IsActive || now.MemberId != membership.MemberId) return false;
        membership = now;
        return true;
    }

    private ConsumeException Refused(ErrorCode error, TopicPartition partition) => new(
        error,
        $"group {options.GroupId}, {partition}",
        error is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress or ErrorCode.FencedInstanceId
            or ErrorCode.StaleMemberEpoch or ErrorCode.FencedMemberEpoch
            ? "the offset was not committed, because the group has moved on without this member's commit; the partition may be another's by now"
            : "the offset was not committed");

    private bool TryRead(OffsetFetchResponse answer, out Dictionary<TopicPartition, OffsetAndMetadata> committed)
    {
        committed = [];
        ErrorCode error = answer.Groups is [var only] ? only.ErrorCode : answer.ErrorCode;
        if (error != ErrorCode.None) return !MayPass(error)
            ? throw new ConsumeException(error, $"group {options.GroupId}", "its offsets are not told")
            : false;
        foreach (ToldOffset told in OffsetMessages.Told(answer.Topics).Concat(answer.Groups.SelectMany(OffsetMessages.Told)))
        {
            if (!TryRead(told, committed)) return false;
        }

        return true;
    }

    /// <returns>False when asking again may help.</returns>
    private bool TryRead(in ToldOffset told, Dictionary<TopicPartition, OffsetAndMetadata> committed)
    {
        if (MayPass(told.Error)) return false;
        if (told.Error is not (ErrorCode.None or ErrorCode.UnknownTopicOrPartition))
            throw new ConsumeException(told.Error, $"group {options.GroupId}, {told.Partition}", "its offset is not told");
        if (told.At.Offset.Value >= 0) committed[told.Partition] = told.At;
        return true;
    }

    // A question in the name of an old epoch, or of a place that is lost: the next one is asked in the name of what is then.
    private bool MayPass(ErrorCode error) => coordinator.MayPass(error)
        || error is ErrorCode.StaleMemberEpoch or ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId;

    private OffsetCommitRequest Request(Membership membership, IReadOnlyDictionary<TopicPartition, OffsetAndMetadata> offsets) => new()
    {
        GroupId = options.GroupId!,
        GenerationIdOrMemberEpoch = membership.Generation,
        MemberId = membership.IsActive ? membership.MemberId : "",
        GroupInstanceId = membership.IsActive ? options.GroupInstanceId : null,
        Topics = OffsetMessages.Commits(offsets),
    };

    private OffsetFetchRequest Request(Membership membership, IReadOnlyList<TopicPartition> partitions, short version)
    {
        bool requiresStable = version >= FirstStableFetch && options.IsolationLevel == IsolationLevel.ReadCommitted;
        IGrouping<string, int>[] topics = [.. partitions.GroupBy(static partition => partition.Topic, static partition => partition.Partition)];
        return version < OffsetMessages.FirstFetchOfGroups
            ? new OffsetFetchRequest
            {
                GroupId = options.GroupId!,
                Topics = [.. topics.Select(static topic => new OffsetFetchRequest.OffsetFetchRequestTopic { Name = topic.Key, PartitionIndexes = [.. topic] })],
                RequireStable = requiresStable,
            }
            : new OffsetFetchRequest
            {
                Groups =
                [
                    new()
                    {
                        GroupId = options.GroupId!,
                        MemberId = membership.IsActive ? membership.MemberId : null,
                        MemberEpoch = membership.Generation,
                        Topics = [.. topics.Select(static topic => new OffsetFetchRequest.OffsetFetchRequestTopics { Name = topic.Key, PartitionIndexes = [.. topic] })],
                    },
                ],
                RequireStable = requiresStable,
            };
    }
}
