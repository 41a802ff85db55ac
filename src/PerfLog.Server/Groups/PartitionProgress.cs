using PerfLog.Client.Admin;

namespace PerfLog.Server.Groups;

/// <summary>How far a group has come in one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Committed">The next record that the group wants; none when it has committed nothing.</param>
/// <param name="End">The end of the partition; none when it cannot be told.</param>
/// <param name="Behind">The age of the next record that the group wants; zero when it has them all, null when unknown.</param>
/// <param name="Member">The member that has the partition now; null for none.</param>
internal sealed record PartitionProgress(
    TopicPartition Partition, Offset Committed, Offset End, TimeSpan? Behind, GroupMember? Member)
{
    /// <summary>The records that the group has still to read; null when that cannot be told.</summary>
    public long? Lag => Committed == Offset.None || End == Offset.None ? null : Math.Max(0, End - Committed);
}
