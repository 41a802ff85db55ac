namespace PerfLog.Broker.Groups;

/// <summary>Gathers the members' partitions while an assignor divides them.</summary>
internal sealed class TargetSets(int members)
{
    private readonly List<TopicIdPartition>[] _targets = [.. Enumerable.Range(0, members).Select(static _ => new List<TopicIdPartition>())];

    /// <param name="partitions">Each of them once in all calls.</param>
    /// <param name="owners">For each the place of its member.</param>
    public void Add(TopicIdPartition[] partitions, int[] owners)
    {
        for (int place = 0; place < partitions.Length; place++) _targets[owners[place]].Add(partitions[place]);
    }

    public PartitionSet[] ToSets() => Array.ConvertAll(_targets, static target =>
    {
        target.Sort();
        return PartitionSet.OfSorted([.. target]);
    });
}
