namespace PerfLog.Hashing;

/// <summary>
/// Java's hash of a string, by which group ids and transactional ids are placed on the partitions of their internal
/// topics. All methods are pure and allocate nothing.
/// </summary>
public static class JavaHash
{
    public static int Compute(ReadOnlySpan<char> text)
    {
        int hash = 0;
        foreach (char unit in text) hash = unchecked((31 * hash) + unit);
        return hash;
    }

    /// <summary>The partition of an internal topic that holds the state of this group or transactional id.</summary>
    public static int Partition(ReadOnlySpan<char> id, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(partitions);
        int hash = Compute(id);

        // The smallest integer has no positive twin; Java's coordinator takes 0 for it.
        return (hash == int.MinValue ? 0 : Math.Abs(hash)) % partitions;
    }
}
