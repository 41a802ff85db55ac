namespace PerfLog.Broker.Groups;

/// <summary>Counts partitions alone: every member gets as many as any other, whatever topics they are of.</summary>
internal sealed class UniformAssignor : IGroupAssignor
{
    public string Name => "uniform";

    public PartitionSet[] Assign(AssignmentInput input)
    {
        if (input.Members.Count == 0) return [];
        Uuid[] topics = input.Members[0].Topics;
        if (!input.Members.All(member => member.Topics.AsSpan().SequenceEqual(topics))) return AssignDifferent(input);
        TopicIdPartition[] partitions = input.PartitionsOf(topics);
        int[] owners = EvenShares.Divide(partitions, [.. input.Members.Select(static member => member.Current)]);
        var targets = new TargetSets(input.Members.Count);
        targets.Add(partitions, owners);
        return targets.ToSets();
    }

    private static PartitionSet[] AssignDifferent(AssignmentInput input)
    {
        (TopicIdPartition[] partitions, int[] owners) = BalancedLoads.Divide(input);
        var targets = new TargetSets(input.Members.Count);
        targets.Add(partitions, owners);
        return targets.ToSets();
    }
}
