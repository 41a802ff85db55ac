using PerfLog.Client;
using PerfLog.Client.Admin;

namespace PerfLog.Server.Groups;

/// <summary>Works out which offsets a reset would set. It changes nothing.</summary>
internal sealed class ResetPlan(AdminClient client)
{
    /// <param name="group">The group.</param>
    /// <param name="partitions">The partitions to reset; null for all that the group has committed to.</param>
    /// <param name="target">Where to.</param>
    /// <param name="cancellation">Ends the asking.</param>
    public async Task<IReadOnlyList<OffsetReset>> MakeAsync(
        string group, IReadOnlyCollection<TopicPartition>? partitions, ResetTarget target, CancellationToken cancellation)
    {
        IReadOnlyList<GroupOffset> offsets = await client.ListGroupOffsetsAsync(group, cancellation);
        Dictionary<TopicPartition, Offset> committed = offsets.ToDictionary(static offset => offset.Partition, static offset => offset.Offset);
        IReadOnlyCollection<TopicPartition> chosen = partitions ?? (target is ResetTarget.Listed listed ? [.. listed.Offsets.Keys] : committed.Keys);
        IReadOnlyDictionary<TopicPartition, Offset> starts = await FindAsync(chosen, OffsetSpec.Earliest, cancellation);
        IReadOnlyDictionary<TopicPartition, Offset> ends = await FindAsync(chosen, OffsetSpec.Latest, cancellation);
        IReadOnlyDictionary<TopicPartition, Offset> atTime = target is ResetTarget.Time at
            ? await FindAsync(chosen, OffsetSpec.At(at.Timestamp), cancellation)
            : ends;
        return [.. chosen.Select(partition =>
        {
            Offset before = committed.GetValueOrDefault(partition, Offset.None);
            Offset wanted = target is ResetTarget.Time ? atTime[partition] : Wanted(partition, before, starts[partition], ends[partition], target);

            // No record is as late as the time that was asked for: the group waits for the next one.
            Offset after = wanted == Offset.None ? ends[partition] : Offset.Max(starts[partition], Offset.Min(wanted, ends[partition]));
            return new OffsetReset(partition, before, after);
        })];
    }

    private static Offset Wanted(TopicPartition partition, Offset before, Offset start, Offset end, ResetTarget target) => target switch
    {
        ResetTarget.Earliest => start,
        ResetTarget.Latest => end,
        ResetTarget.At at => at.Offset,
        ResetTarget.Listed listed when listed.Offsets.TryGetValue(partition, out Offset offset) => offset,
        ResetTarget.Listed => throw new CommandException($"The file names no offset for {partition}."),
        _ when before == Offset.None => throw new CommandException(
            $"The group has committed nothing for {partition}, so it cannot be moved from there. Use --to-earliest, --to-latest, --to-offset or --to-datetime."),
        ResetTarget.Shift shift => new Offset(before.Value + shift.Records),
        _ => before,
    };

    private async Task<IReadOnlyDictionary<TopicPartition, Offset>> FindAsync(
        IEnumerable<TopicPartition> partitions, OffsetSpec spec, CancellationToken cancellation)
    {
        AdminResults<TopicPartition, FoundOffset> found = await client.ListOffsetsAsync(
            partitions.Distinct().ToDictionary(static partition => partition, _ => spec), null, cancellation);
        found.ThrowIfAnyFailed();
        return found.ToDictionary(static entry => entry.Key, static entry => entry.Value.Value.Offset);
    }
}
