using PerfLog.Client.Cluster;

namespace PerfLog.Client.Groups;

/// <summary>
/// What a generation was made for, so that the member notices when it no longer fits: other topics match its pattern, or, for
/// the one who assigned, a topic has other partitions.
/// </summary>
internal sealed record LeaderWatch(ClusterSnapshot Snapshot, string[] Topics, int[] Counts, bool Leads)
{
    /// <param name="topics">What the member joined with.</param>
    /// <param name="assignedBy">What it knew when it assigned; null when it did not.</param>
    public static LeaderWatch Of(string[] topics, ClusterSnapshot? assignedBy)
    {
        // Compared at the next opportunity: what is known may have changed since the join began.
        ClusterSnapshot snapshot = assignedBy ?? ClusterSnapshot.Empty;
        return new LeaderWatch(ClusterSnapshot.Empty, topics, CountsOf(topics, snapshot), assignedBy is not null);
    }

    public bool HasChanged(Subscription subscription, ClusterSnapshot now)
    {
        string[] topics = subscription.Topics(now);
        return !topics.AsSpan().SequenceEqual(Topics) || (Leads && !CountsOf(topics, now).AsSpan().SequenceEqual(Counts));
    }

    private static int[] CountsOf(string[] topics, ClusterSnapshot snapshot) =>
        [.. topics.Select(topic => snapshot.Topics.TryGetValue(topic, out TopicSnapshot? told) ? told.Partitions.Length : 0)];
}
