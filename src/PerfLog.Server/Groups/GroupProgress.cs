using PerfLog.Client.Admin;

namespace PerfLog.Server.Groups;

/// <summary>
/// Works out how far a group has come: what it has committed, against the ends of the partitions and the times of the
/// records that it wants next.
/// </summary>
internal sealed class GroupProgress(AdminClient client, TimeProvider time)
{
    /// <returns>A row for each partition that the group has committed to or reads, in order.</returns>
    public async Task<IReadOnlyList<PartitionProgress>> OfAsync(
        string group, IReadOnlyList<GroupMember> members, CancellationToken cancellation)
    {
        IReadOnlyList<GroupOffset> offsets = await client.ListGroupOffsetsAsync(group, cancellation);
        Dictionary<TopicPartition, Offset> committed = offsets.ToDictionary(static offset => offset.Partition, static offset => offset.Offset);
        Dictionary<TopicPartition, GroupMember> owners = [];
        foreach (GroupMember member in members)
        {
            foreach (TopicPartition partition in member.Assignment) owners[partition] = member;
        }

        List<PartitionProgress> progress = [];
        foreach (TopicPartition partition in committed.Keys.Union(owners.Keys)
            .OrderBy(static partition => partition.Topic, StringComparer.Ordinal).ThenBy(static partition => partition.Partition))
        {
            progress.Add(await OfAsync(
                partition, committed.GetValueOrDefault(partition, Offset.None), owners.GetValueOrDefault(partition), cancellation));
        }

        return progress;
    }

    private async Task<PartitionProgress> OfAsync(
        TopicPartition partition, Offset committed, GroupMember? owner, CancellationToken cancellation)
    {
        try
        {
            OffsetAnswer end = await client.FindOffsetAsync(partition, OffsetQuestion.Latest, cancellation);
            TimeSpan? behind = committed == Offset.None ? null : await BehindAsync(partition, committed, end.Offset, cancellation);
            return new(partition, committed, end.Offset, behind, owner);
        }
        catch (AdminException gone) when (gone.Error is ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable)
        {
            // The commit outlives its topic.
            return new(partition, committed, Offset.None, null, owner);
        }
    }

    private async Task<TimeSpan?> BehindAsync(TopicPartition partition, Offset committed, Offset end, CancellationToken cancellation)
    {
        if (committed >= end) return TimeSpan.Zero;
        OffsetAnswer start = await client.FindOffsetAsync(partition, OffsetQuestion.Earliest, cancellation);
        TimestampMs next = await client.FindTimeAsync(partition, Offset.Max(committed, start.Offset), cancellation);
        if (next == TimestampMs.None) return null;
        double behindMs = Math.Max(0, TimestampMs.Now(time).Value - next.Value);
        return TimeSpan.FromMilliseconds(behindMs);
    }
}
