using PerfLog.Hashing;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Finds a group's partition of the offsets' topic, and in it the group. Lookups come from any thread and allocate nothing;
/// only the thread that follows the cluster's metadata changes what is led.
/// </summary>
internal sealed class GroupTable
{
    // By partition number; null where another broker leads. Empty while the topic does not exist.
    private OffsetsPartition?[] _partitions = [];

    public IEnumerable<OffsetsPartition> Led => Volatile.Read(ref _partitions).OfType<OffsetsPartition>();

    /// <summary>The partition that holds the group's records, if this broker leads it and has loaded it.</summary>
    public ErrorCode TryFindHome(ReadOnlySpan<char> groupId, out OffsetsPartition home)
    {
        home = null!;
        OffsetsPartition?[] partitions = Volatile.Read(ref _partitions);
        if (partitions.Length == 0) return ErrorCode.NotCoordinator;
        OffsetsPartition? found = partitions[JavaHash.Partition(groupId, partitions.Length)];
        if (found is null) return ErrorCode.NotCoordinator;
        home = found;
        return found.Availability;
    }

    /// <summary>What this broker leads from now on.</summary>
    public void Swap(OffsetsPartition?[] partitions) => Volatile.Write(ref _partitions, partitions);

    public OffsetsPartition? At(int partition)
    {
        OffsetsPartition?[] partitions = Volatile.Read(ref _partitions);
        return (uint)partition < (uint)partitions.Length ? partitions[partition] : null;
    }
}
