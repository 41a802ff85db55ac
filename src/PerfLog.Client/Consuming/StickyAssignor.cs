namespace PerfLog.Client.Consuming;

/// <summary>
/// Keeps partitions where they are as far as the shares stay even, and gives the rest to whoever has least. The cooperative
/// one holds back what another member still has: that member must give it up first, and the rebalance after that hands it on.
/// </summary>
internal sealed class StickyAssignor(bool isCooperative) : IPartitionAssignor
{
    public string Name => isCooperative ? "cooperative-sticky" : "sticky";

    public bool IsCooperative => isCooperative;

    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(
        IReadOnlyList<GroupMemberSubscription> members, IReadOnlyDictionary<string, int> partitions)
    {
        StickyShare[] shares = [.. MemberOrder.Sorted(members).Select(static member => new StickyShare(member))];
        Dictionary<TopicPartition, StickyShare> owners = Owners(shares, partitions);
        foreach (var (partition, owner) in owners.OrderBy(static entry => entry.Key.Topic, StringComparer.Ordinal).ThenBy(static entry => entry.Key.Partition))
            owner.Partitions.Add(partition);
        foreach (TopicPartition partition in All(partitions).Where(partition => !owners.ContainsKey(partition)))
            Least(shares, partition.Topic)?.Partitions.Add(partition);
        while (TryMoveOne(shares))
        {
            // Each move makes the largest difference smaller, so this ends.
        }

        if (isCooperative) HoldBack(shares, owners);
        return shares.ToDictionary(static share => share.Member.Id, static share => (IReadOnlyList<TopicPartition>)share.Partitions);
    }

    private static IEnumerable<TopicPartition> All(IReadOnlyDictionary<string, int> partitions) => partitions
        .OrderBy(static entry => entry.Key, StringComparer.Ordinal)
        .SelectMany(static entry => Enumerable.Range(0, entry.Value).Select(partition => new TopicPartition(entry.Key, partition)));

    /// <summary>Who has what. Of two that claim the same, the one of the later generation; of the same, neither.</summary>
    private static Dictionary<TopicPartition, StickyShare> Owners(StickyShare[] shares, IReadOnlyDictionary<string, int> partitions)
    {
        Dictionary<TopicPartition, StickyShare> owners = [];
        HashSet<TopicPartition> disputed = [];
        foreach (StickyShare share in shares.OrderByDescending(static share => share.Member.Generation))
        {
            foreach (TopicPartition partition in share.Member.Owned)
            {
                bool exists = partitions.TryGetValue(partition.Topic, out int count) && partition.Partition < count;
                if (!exists || !share.Member.Topics.Contains(partition.Topic)) continue;
                if (owners.TryAdd(partition, share)) continue;
                if (owners[partition].Member.Generation == share.Member.Generation) disputed.Add(partition);
            }
        }

        foreach (TopicPartition partition in disputed) owners.Remove(partition);
        return owners;
    }

    private static StickyShare? Least(StickyShare[] shares, string topic) =>
        shares.Where(share => share.Member.Topics.Contains(topic)).MinBy(static share => share.Partitions.Count);

    /// <summary>Moves one partition from who has most to who has least, so that no more move than must.</summary>
    /// <returns>False when no move makes the shares more even.</returns>
    private static bool TryMoveOne(StickyShare[] shares)
    {
        foreach (StickyShare giver in shares.OrderByDescending(static share => share.Partitions.Count))
        {
            for (int index = giver.Partitions.Count - 1; index >= 0; index--)
            {
                TopicPartition partition = giver.Partitions[index];
                StickyShare? taker = Least(shares, partition.Topic);
                if (taker is null || taker.Partitions.Count + 1 >= giver.Partitions.Count) continue;
                giver.Partitions.RemoveAt(index);
                taker.Partitions.Add(partition);
                return true;
            }
        }

        return false;
    }

    private static void HoldBack(StickyShare[] shares, Dictionary<TopicPartition, StickyShare> owners)
    {
        foreach (StickyShare share in shares)
            share.Partitions.RemoveAll(partition => owners.TryGetValue(partition, out StickyShare? owner) && owner != share);
    }

    /// <summary>A member and what it gets.</summary>
    private sealed class StickyShare(GroupMemberSubscription member)
    {
        public GroupMemberSubscription Member { get; } = member;

        public List<TopicPartition> Partitions { get; } = [];
    }
}
