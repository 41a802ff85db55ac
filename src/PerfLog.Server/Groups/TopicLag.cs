namespace PerfLog.Server.Groups;

/// <summary>How far a group is behind in a topic.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Partitions">The partitions that the group has committed to or reads.</param>
/// <param name="Records">The records still to be read, of the partitions where that is known.</param>
/// <param name="LargestRecords">The most in one partition.</param>
/// <param name="Behind">The age of the oldest of them; null when none of them has a known time.</param>
internal sealed record TopicLag(string GroupId, string Topic, int Partitions, long Records, long LargestRecords, TimeSpan? Behind)
{
    public static IEnumerable<TopicLag> Of(DescribedGroup described) => described.Progress
        .GroupBy(static progress => progress.Partition.Topic)
        .Select(topic => new TopicLag(
            described.Group.GroupId,
            topic.Key,
            topic.Count(),
            topic.Sum(static progress => progress.Lag ?? 0),
            topic.Max(static progress => progress.Lag ?? 0),
            topic.Max(static progress => progress.Behind)));
}
