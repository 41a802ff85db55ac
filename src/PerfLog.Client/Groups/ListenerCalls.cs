using PerfLog.Client.Consuming;

namespace PerfLog.Client.Groups;

/// <summary>Calls a user's listener from within a poll, and lets it use the consumer meanwhile.</summary>
/// <param name="setInUse">Takes the consumer for the poll, or lets go of it.</param>
internal sealed class ListenerCalls(Action<bool> setInUse)
{
    /// <summary>The listener; null when there is none.</summary>
    public IRebalanceListener? Listener { get; set; }

    public ValueTask RevokedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation) =>
        Listener is null ? default : CallAsync(() => Listener.OnRevokedAsync(partitions, cancellation));

    public ValueTask AssignedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation) =>
        Listener is null ? default : CallAsync(() => Listener.OnAssignedAsync(partitions, cancellation));

    public ValueTask LostAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation) =>
        Listener is null || partitions.Count == 0 ? default : CallAsync(() => Listener.OnLostAsync(partitions, cancellation));

    private async ValueTask CallAsync(Func<ValueTask> call)
    {
        setInUse(false);
        try
        {
            await call().ConfigureAwait(false);
        }
        finally
        {
            setInUse(true);
        }
    }
}
