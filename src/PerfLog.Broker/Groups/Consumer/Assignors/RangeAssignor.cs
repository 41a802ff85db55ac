namespace PerfLog.Broker.Groups;

/// <summary>
/// Divides each topic by itself, in ranges of neighbours: topics with as many partitions and the same subscribers are divided
/// the same way, so that records of one key meet in one member.
/// </summary>
internal sealed class RangeAssignor : IGroupAssignor
{
    public string Name => "range";

    public PartitionSet[] Assign(AssignmentInput input)
    {
        var targets = new TargetSets(input.Members.Count);
        foreach (Uuid topic in input.PartitionCounts.Keys)
        {
            int[] subscribers = [.. Enumerable.Range(0, input.Members.Count).Where(member => input.Members[member].Topics.Contains(topic))];
            if (subscribers.Length == 0) continue;
            TopicIdPartition[] partitions = input.PartitionsOf([topic]);
            int[] owners = EvenShares.Divide(partitions, [.. subscribers.Select(member => input.Members[member].Current)]);
            targets.Add(partitions, Array.ConvertAll(owners, owner => subscribers[owner]));
        }

        return targets.ToSets();
    }
}
