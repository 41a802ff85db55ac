namespace PerfLog.Client.Consuming;

/// <summary>
/// Is told when a group moves partitions to or from a consumer. Called by polls, so the consumer may be used in it: to commit
/// what was done, or to seek.
/// </summary>
public interface IRebalanceListener
{
    /// <summary>These are about to be taken away; the last chance to commit what was read of them.</summary>
    ValueTask OnRevokedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation);

    /// <summary>These were added.</summary>
    ValueTask OnAssignedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation);

    /// <summary>These were taken away already: the group went on without this member. Committing is too late.</summary>
    ValueTask OnLostAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation) =>
        OnRevokedAsync(partitions, cancellation);
}
