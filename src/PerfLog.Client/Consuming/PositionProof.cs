using PerfLog.Client.Cluster;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Consuming;

/// <summary>A place to fetch from that a new leader's log may not have.</summary>
internal readonly record struct UnprovenPosition(PartitionState State, OffsetPosition At, LeaderEpoch Leader)
{
    /// <summary>Whether the partition is still to be fetched from there. Asked behind the assignment's lock.</summary>
    public bool IsCurrent => State.Position is not null && State.FetchFrom == At;
}

/// <summary>
/// Asks a leader where its log leaves an earlier leader's, so that records which only the earlier one had are not passed over
/// unnoticed. Used by one broker's fetching loop.
/// </summary>
internal sealed class PositionProof(BrokerId broker, Fetcher fetcher)
{
    /// <exception cref="IOException">The broker went away.</exception>
    public async ValueTask AskAsync(IReadOnlyList<UnprovenPosition> positions, CancellationToken cancellation)
    {
        IBrokerLink link = await fetcher.Cluster.LinkAsync(broker, LinkLane.Requests, cancellation).ConfigureAwait(false);
        try
        {
            OffsetForLeaderEpochResponse answer = await link.SendAsync<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(
                Question(positions), link.VersionOf<OffsetForLeaderEpochRequest>(), cancellation).ConfigureAwait(false);
            foreach (UnprovenPosition position in positions) Take(position, Find(answer, position.State.Partition));
        }
        catch (UnsupportedApiException)
        {
            // A broker so old has no epochs to compare.
            foreach (UnprovenPosition position in positions) fetcher.Prove(position);
        }
        catch (IOException)
        {
            await fetcher.Cluster.DropAsync(link).ConfigureAwait(false);
            throw;
        }
    }

    private void Take(in UnprovenPosition position, OffsetForLeaderEpochResponse.EpochEndOffset? answer)
    {
        if (answer is null || answer.ErrorCode != ErrorCode.None) fetcher.Postpone(position);
        else if (answer.EndOffset < 0) fetcher.Truncate(position, end: null);
        else if (answer.EndOffset < position.At.Offset.Value)
            fetcher.Truncate(position, new OffsetPosition(new Offset(answer.EndOffset), new LeaderEpoch(answer.LeaderEpoch)));
        else fetcher.Prove(position);
    }

    private static OffsetForLeaderEpochResponse.EpochEndOffset? Find(OffsetForLeaderEpochResponse answer, TopicPartition partition) =>
        answer.Topics.Where(topic => topic.Topic == partition.Topic)
            .SelectMany(static topic => topic.Partitions)
            .FirstOrDefault(told => told.Partition == partition.Partition);

    private static OffsetForLeaderEpochRequest Question(IReadOnlyList<UnprovenPosition> positions) => new()
    {
        ReplicaId = BrokerId.None.Value,
        Topics = [.. positions.GroupBy(static position => position.State.Partition.Topic).Select(static topic =>
            new OffsetForLeaderEpochRequest.OffsetForLeaderTopic
            {
                Topic = topic.Key,
                Partitions = [.. topic.Select(static position => new OffsetForLeaderEpochRequest.OffsetForLeaderPartition
                {
                    Partition = position.State.Partition.Partition,
                    CurrentLeaderEpoch = position.Leader.Value,
                    LeaderEpoch = position.At.Epoch.Value,
                })],
            })],
    };
}
