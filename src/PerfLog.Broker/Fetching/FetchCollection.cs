namespace PerfLog.Broker.Fetching;

/// <summary>One look at all partitions of a fetch, within its limits. Stateless.</summary>
internal static class FetchCollection
{
    /// <summary>Looks at every partition in its turn; the first that has anything gives at least one whole batch.</summary>
    /// <returns>Whether the fetch is to be answered with what was found.</returns>
    public static bool Collect(DelayedFetch fetch)
    {
        int total = 0;
        bool hasNews = false;
        foreach (FetchTarget target in fetch.Targets)
        {
            if (target.Partition is null)
            {
                target.SetError(target.ErrorWhenMissing);
                hasNews = true;
                continue;
            }

            int bytesMax = Math.Min(target.BytesMax, fetch.BytesMax - total);
            total += PartitionReader.Read(target, Math.Max(bytesMax, 0), fetch.IsReadCommitted, atLeastOneBatch: total == 0);
            hasNews |= target.Error != ErrorCode.None || target.DivergingEpoch != LeaderEpoch.None || target.HasMoreBehind;
        }

        return hasNews || total >= fetch.BytesMin;
    }

    /// <summary>Gives back the file regions of a look that did not lead to an answer.</summary>
    public static void Release(DelayedFetch fetch)
    {
        foreach (FetchTarget target in fetch.Targets) target.ClearResult();
    }
}
