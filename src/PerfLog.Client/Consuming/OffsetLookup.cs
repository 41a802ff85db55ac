using PerfLog.Client.Cluster;

namespace PerfLog.Client.Consuming;

/// <summary>
/// Asks the leaders of partitions for offsets: the first, the next, or the first at or after a time. Any thread may use it.
/// Errors that pass are waited out until the caller gives up.
/// </summary>
internal sealed class OffsetLookup(ConsumerOptions options, ClusterClient cluster)
{
    public static OffsetSpec QuestionOf(OffsetReset reset) => reset == OffsetReset.Earliest ? OffsetSpec.Earliest : OffsetSpec.Latest;

    /// <returns>An answer for each question; its offset is none when no record is as asked.</returns>
    /// <exception cref="ConsumeException">A leader refused for good.</exception>
    public async Task<Dictionary<TopicPartition, FoundOffset>> FindAsync(
        IReadOnlyDictionary<TopicPartition, OffsetSpec> questions, CancellationToken cancellation)
    {
        Dictionary<TopicPartition, FoundOffset> answers = [];
        while (true)
        {
            Dictionary<TopicPartition, OffsetSpec> open = questions.Where(entry => !answers.ContainsKey(entry.Key)).ToDictionary();
            if (open.Count == 0) return answers;
            foreach (IGrouping<BrokerId, KeyValuePair<TopicPartition, OffsetSpec>> ofLeader in open.GroupBy(entry => cluster.Current.PartitionOf(entry.Key).Leader))
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
        KeyValuePair<TopicPartition, OffsetSpec>[] questions,
        Dictionary<TopicPartition, FoundOffset> answers,
        CancellationToken cancellation)
    {
        IBrokerLink? link = null;
        try
        {
            link = await cluster.LinkAsync(leader, LinkLane.Requests, cancellation).ConfigureAwait(false);
            int timeoutMs = (int)options.RequestTimeout.TotalMilliseconds;
            foreach (OffsetAnswer answer in await OffsetQuestion.AskAsync(
                link, questions, cluster.Current, options.IsolationLevel, timeoutMs, cancellation).ConfigureAwait(false))
                Take(answer, answers);
        }
        catch (IOException)
        {
            if (link is not null) await cluster.DropAsync(link).ConfigureAwait(false);
            await Task.Delay(options.RetryBackoff, options.Time, cancellation).ConfigureAwait(false);
        }
    }

    private static void Take(OffsetAnswer answer, Dictionary<TopicPartition, FoundOffset> answers)
    {
        switch (answer.Error)
        {
            case ErrorCode.None:
                answers[answer.Partition] = answer.Found;
                break;
            case ErrorCode.TopicAuthorizationFailed or ErrorCode.UnsupportedForMessageFormat or ErrorCode.InvalidTopicException:
                throw new ConsumeException(answer.Error, answer.Partition.ToString(), "the broker does not tell its offsets");
        }
    }
}
