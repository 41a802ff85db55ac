namespace PerfLog.Replication;

/// <summary>Someone who waits for a partition's readable end to move, such as a delayed fetch.</summary>
public interface IPartitionWaiter
{
    /// <summary>
    /// There may be more to read. Called on the thread that made the progress, under the partition's waiter lock: it must
    /// only hand the work on, and never touch the partition's waiters.
    /// </summary>
    void OnProgress();
}
