namespace PerfLog.Broker.Groups;

/// <summary>
/// Divides partitions among members of which each may have any: shares differ by one at most, and no more partitions move than
/// that demands. Pure.
/// </summary>
internal static class EvenShares
{
    private const int Nobody = -1;

    /// <param name="partitions">Sorted.</param>
    /// <param name="current">What each member has now; other partitions in it do not count.</param>
    /// <returns>For each partition the place of its member.</returns>
    public static int[] Divide(TopicIdPartition[] partitions, IReadOnlyList<PartitionSet> current)
    {
        var owners = new int[partitions.Length];
        Array.Fill(owners, Nobody);
        int[] counts = Keep(partitions, current, owners);
        int[] quotas = Quotas(partitions.Length, counts);
        Trim(owners, counts, quotas);
        HandOut(owners, counts, quotas);
        return owners;
    }

    private static int[] Keep(TopicIdPartition[] partitions, IReadOnlyList<PartitionSet> current, int[] owners)
    {
        var counts = new int[current.Count];
        for (int member = 0; member < current.Count; member++)
        {
            foreach (TopicIdPartition partition in current[member].Sorted)
            {
                int place = Array.BinarySearch(partitions, partition);
                if (place < 0 || owners[place] != Nobody) continue;
                owners[place] = member;
                counts[member]++;
            }
        }

        return counts;
    }

    /// <summary>The shares that are larger by one go to those who have that many already, and only then to others.</summary>
    private static int[] Quotas(int partitions, int[] counts)
    {
        int share = partitions / counts.Length;
        int larger = partitions % counts.Length;
        var quotas = new int[counts.Length];
        Array.Fill(quotas, share);
        for (int member = 0; member < counts.Length && larger > 0; member++)
        {
            if (counts[member] <= share) continue;
            quotas[member]++;
            larger--;
        }

        for (int member = 0; member < counts.Length && larger > 0; member++)
        {
            if (quotas[member] > share) continue;
            quotas[member]++;
            larger--;
        }

        return quotas;
    }

    private static void Trim(int[] owners, int[] counts, int[] quotas)
    {
        for (int place = owners.Length - 1; place >= 0; place--)
        {
            int member = owners[place];
            if (member == Nobody || counts[member] <= quotas[member]) continue;
            owners[place] = Nobody;
            counts[member]--;
        }
    }

    private static void HandOut(int[] owners, int[] counts, int[] quotas)
    {
        int member = 0;
        for (int place = 0; place < owners.Length; place++)
        {
            if (owners[place] != Nobody) continue;
            while (counts[member] == quotas[member]) member++;
            owners[place] = member;
            counts[member]++;
        }
    }
}
