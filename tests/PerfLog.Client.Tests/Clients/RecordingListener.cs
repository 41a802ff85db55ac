using PerfLog.Client.Consuming;

namespace PerfLog.Client.Tests.Clients;

/// <summary>Keeps the account that a listener is told.</summary>
internal sealed class RecordingListener : IRebalanceListener
{
    public HashSet<TopicPartition> Owned { get; } = [];

    public List<TopicPartition> Lost { get; } = [];

    public ValueTask OnRevokedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
    {
        Assert.Empty(partitions.Except(Owned));
        Owned.ExceptWith(partitions);
        return default;
    }

    public ValueTask OnAssignedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
    {
        Assert.Empty(Owned.Intersect(partitions));
        Owned.UnionWith(partitions);
        return default;
    }

    public ValueTask OnLostAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
    {
        Lost.AddRange(partitions);
        Owned.ExceptWith(partitions);
        return default;
    }
}
