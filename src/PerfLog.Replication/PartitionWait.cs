namespace PerfLog.Replication;

/// <summary>
/// One waiter's place at one partition: a node of the partition's list, so that coming and going cost the same however
/// many wait. Owned and reused by the waiter.
/// </summary>
public sealed class PartitionWait
{
    internal IPartitionWaiter? Waiter;
    internal PartitionWait? Previous;
    internal PartitionWait? Next;

    /// <summary>True between <see cref="PartitionWaiters.Add"/> and <see cref="PartitionWaiters.Remove"/>.</summary>
    public bool IsWaiting => Waiter is not null;
}
