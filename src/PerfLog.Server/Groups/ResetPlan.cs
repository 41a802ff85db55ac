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
        List<OffsetReset> resets = [];
        foreach (TopicPartition partition in partitions ?? (target is ResetTarget.Listed listed ? [.. listed.Offsets.Keys] : committed.Keys))
        {
            Offset before = committed.GetValueOrDefault(partition, Offset.None);
            resets.Add(new(partition, before, await AfterAsync(partition, before, target, cancellation)));
        }

        return resets;
    }

    private async Task<Offset> AfterAsync(TopicPartition partition, Offset before, ResetTarget target, CancellationToken cancellation)
    {
        Offset start = await FindAsync(partition, OffsetQuestion.Earliest, cancellation);
        Offset end = await FindAsync(partition, OffsetQuestion.Latest, cancellation);
        Offset wanted = target switch
        {
            ResetTarget.Earliest => start,
            ResetTarget.Latest => end,
            ResetTarget.At at => at.Offset,
            ResetTarget.Time at => await FindAsync(partition, OffsetQuestion.At(at.Timestamp), cancellation),
            ResetTarget.Listed listed when listed.Offsets.TryGetValue(partition, out Offset offset) => offset,
            ResetTarget.Listed => throw new CommandException($"The file names no offset for {partition}."),
            _ when before == Offset.None => throw new CommandException(
                $"The group has committed nothing for {partition}, so it cannot be moved from there. Use --to-earliest, --to-latest, --to-offset or --to-datetime."),
            ResetTarget.Shift shift => new Offset(before.Value + shift.Records),
            _ => before,
        };

        // No record is as late as the time that was asked for: the group waits for the next one.
        if (wanted == Offset.None) return end;
        return Offset.Max(start, Offset.Min(wanted, end));
    }

    private async Task<Offset> FindAsync(TopicPartition partition, OffsetQuestion question, CancellationToken cancellation) =>
        (await client.FindOffsetAsync(partition, question, cancellation)).Offset;
}
