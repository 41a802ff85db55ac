using PerfLog.Client.Cluster;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Consuming;

/// <summary>
/// Asks the leaders of partitions for offsets: the first, the next, or the first at or after a time. Any thread may use it.
/// Errors that pass are waited out until the caller gives up.
/// </summary>
internal sealed class OffsetLookup(ConsumerOptions options, ClusterClient cluster)
{
    public const long Latest = -1;
    public const long Earliest = -2;

    public static long QuestionOf(OffsetReset reset) => reset == OffsetReset.Earliest ? Earliest : Latest;

    /// <returns>An answer for each question; its offset is none when no record is as asked.</returns>
    /// <exception cref="ConsumeException">A leader refused for good.</exception>
    public async Task<Dictionary<TopicPartition, FoundOffset>> FindAsync(
        IReadOnlyDictionary<TopicPartition, long> questions, CancellationToken cancellation)
    {
        Dictionary<TopicPartition, FoundOffset> answers = [];
        while (true)
        {
            Dictionary<TopicPartition, long> open = questions.Where(entry => !answers.ContainsKey(entry.Key)).ToDictionary();
            if (open.Count == 0) return answers;
            foreach (IGrouping<BrokerId, KeyValuePair<TopicPartition, long>> ofLeader in open.GroupBy(entry => cluster.Current.PartitionOf(entry.Key).Leader))
            {
                if (ofLeader.Key != BrokerId.None) await AskAsync(ofLeader.Key, [.. ofLeader], answers, cancellation).ConfigureAwait(false);
            }

            if (answers.Count == questions.Count) return answers;
            await cluster.RefreshAsync(cancellation).ConfigureAwait(false);
            bool stillUnknown = open.Keys.Any(partition => cluster.Current.PartitionOf(partition).Leader == BrokerId.None);
            if (stillUnknown) await Task.Delay(options.RetryBackoff, options.Time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task AskAsync(
        BrokerId leader,
        KeyValuePair<TopicPartition, long>[] questions,
        Dictionary<TopicPartition, FoundOffset> answers,
        CancellationToken cancellation)
    {
        IBrokerLink? link = null;
        try
        {
            link = await cluster.LinkAsync(leader, LinkLane.Requests, cancellation).ConfigureAwait(false);
            ListOffsetsResponse response = await link.SendAsync<ListOffsetsRequest, ListOffsetsResponse>(
                Request(questions), link.VersionOf<ListOffsetsRequest>(), cancellation).ConfigureAwait(false);
            foreach (ListOffsetsResponse.ListOffsetsTopicResponse topic in response.Topics)
            {
                foreach (ListOffsetsResponse.ListOffsetsPartitionResponse partition in topic.Partitions)
                    Take(new TopicPartition(topic.Name, partition.PartitionIndex), partition, answers);
            }
        }
        catch (IOException)
        {
            if (link is not null) await cluster.DropAsync(link).ConfigureAwait(false);
            await Task.Delay(options.RetryBackoff, options.Time, cancellation).ConfigureAwait(false);
        }
    }

    private static void Take(
        TopicPartition partition,
        ListOffsetsResponse.ListOffsetsPartitionResponse answer,
        Dictionary<TopicPartition, FoundOffset> answers)
    {
        switch (answer.ErrorCode)
        {
            case ErrorCode.None:
                answers[partition] = new FoundOffset(
                    new Offset(answer.Offset), new TimestampMs(answer.Timestamp), new LeaderEpoch(answer.LeaderEpoch));
                break;
            case ErrorCode.TopicAuthorizationFailed or ErrorCode.UnsupportedForMessageFormat or ErrorCode.InvalidTopicException:
                throw new ConsumeException(answer.ErrorCode, partition.ToString(), "the broker does not tell its offsets");
        }
    }

    private ListOffsetsRequest Request(KeyValuePair<TopicPartition, long>[] questions) => new()
    {
        ReplicaId = BrokerId.None.Value,
        IsolationLevel = (sbyte)options.IsolationLevel,
        TimeoutMs = (int)options.RequestTimeout.TotalMilliseconds,
        Topics = [.. questions.GroupBy(static entry => entry.Key.Topic).Select(topic => new ListOffsetsRequest.ListOffsetsTopic
        {
            Name = topic.Key,
            Partitions = [.. topic.Select(entry => new ListOffsetsRequest.ListOffsetsPartition
            {
                PartitionIndex = entry.Key.Partition,
                CurrentLeaderEpoch = cluster.Current.PartitionOf(entry.Key).Epoch.Value,
                Timestamp = entry.Value,
            })],
        })],
    };
}

/// <summary>An offset that a leader told.</summary>
/// <param name="Offset">The offset; none when no record is as asked.</param>
/// <param name="Timestamp">The record's time; none when the question was not about a record.</param>
/// <param name="LeaderEpoch">The epoch of the record; none when not known.</param>
public readonly record struct FoundOffset(Offset Offset, TimestampMs Timestamp, LeaderEpoch LeaderEpoch);
