using PerfLog.Client;
using PerfLog.Client.Admin;

namespace PerfLog.Server.Groups;

/// <summary>
/// Works out how far groups have come: what they have committed, against the ends of the partitions and the times of the
/// records that they want next. Each leader is asked once for all groups.
/// </summary>
internal sealed class GroupProgress(AdminClient client, TimeProvider time)
{
    /// <returns>For each group a row for each partition that it has committed to or reads, in order.</returns>
    public async Task<IReadOnlyList<IReadOnlyList<PartitionProgress>>> OfAsync(
        IReadOnlyList<GroupDescription> groups, CancellationToken cancellation)
    {
        IReadOnlyList<IReadOnlyList<GroupOffset>> offsets =
            (await client.ListGroupOffsetsAsync(groups.Select(static group => group.GroupId), null, cancellation)).All();
        GroupPositions[] positions = [.. groups.Zip(offsets, static (group, committed) => new GroupPositions(group, committed))];
        IReadOnlyDictionary<TopicPartition, Offset> ends = await FindAsync(
            positions.SelectMany(static group => group.Partitions).Distinct(), OffsetSpec.Latest, cancellation);
        IReadOnlyDictionary<TopicPartition, Offset> starts = await FindAsync(
            positions.SelectMany(group => group.Behind(ends)).Distinct(), OffsetSpec.Earliest, cancellation);
        List<IReadOnlyList<PartitionProgress>> progress = [];
        foreach (GroupPositions group in positions) progress.Add(await OfAsync(group, ends, starts, cancellation));
        return progress;
    }

    private async Task<IReadOnlyList<PartitionProgress>> OfAsync(
        GroupPositions group,
        IReadOnlyDictionary<TopicPartition, Offset> ends,
        IReadOnlyDictionary<TopicPartition, Offset> starts,
        CancellationToken cancellation)
    {
        Dictionary<TopicPartition, Offset> next = group.Behind(ends).ToDictionary(
            static partition => partition,
            partition => Offset.Max(group.Committed(partition), starts.GetValueOrDefault(partition, Offset.Zero)));
        AdminResults<TopicPartition, TimestampMs> times = await client.FindTimesAsync(next, null, cancellation);
        return
        [
            .. group.Partitions.Select(partition =>
            {
                Offset committed = group.Committed(partition);
                Offset end = ends.GetValueOrDefault(partition, Offset.None);
                bool isBehind = times.TryGetValue(partition, out AdminResult<TimestampMs> at);
                TimeSpan? hasAll = committed == Offset.None || end == Offset.None ? null : TimeSpan.Zero;
                return new PartitionProgress(partition, committed, end, isBehind ? AgeOf(at) : hasAll, group.OwnerOf(partition));
            }),
        ];
    }

    /// <returns>The offsets that are told: a commit outlives its topic, and a partition may have no leader.</returns>
    private async Task<IReadOnlyDictionary<TopicPartition, Offset>> FindAsync(
        IEnumerable<TopicPartition> partitions, OffsetSpec spec, CancellationToken cancellation)
    {
        AdminResults<TopicPartition, FoundOffset> found = await client.ListOffsetsAsync(
            partitions.ToDictionary(static partition => partition, _ => spec), null, cancellation);
        AdminException? refused = found.Failures.FirstOrDefault(
            static failure => failure.Error is not (ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable));
        if (refused is not null) throw refused;
        return found.Where(static entry => entry.Value.Failure is null).ToDictionary(static entry => entry.Key, static entry => entry.Value.Value.Offset);
    }

    private TimeSpan? AgeOf(AdminResult<TimestampMs> at) => at.TryGet(out TimestampMs next) && next != TimestampMs.None
        ? TimeSpan.FromMilliseconds(Math.Max(0, TimestampMs.Now(time).Value - next.Value))
        : null;
}
