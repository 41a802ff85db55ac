using PerfLog.Client.Cluster;
using PerfLog.Client.Waiting;

namespace PerfLog.Client.Producing;

/// <summary>What the senders of one producer share. Owned by <see cref="ProducerCore"/>.</summary>
internal sealed class SenderContext(ProducerOptions options, ClusterClient cluster, Accumulator accumulator, Action<PartitionQueue> route)
    : IAsyncDisposable
{
    public ProducerOptions Options { get; } = options;

    public ClusterClient Cluster { get; } = cluster;

    public Accumulator Accumulator { get; } = accumulator;

    /// <summary>Gives a partition that has something to send to the sender of its leader.</summary>
    public Action<PartitionQueue> Route { get; } = route;

    /// <summary>Partitions that wait: for more records, or before they send again.</summary>
    public DueQueue<PartitionQueue> Later { get; } = new(options.Time, route);

    public long Now => Options.Time.GetTimestamp();

    /// <summary>The clock's timestamp after a while from now.</summary>
    public long After(TimeSpan wait) => Now + (long)(wait.TotalSeconds * Options.Time.TimestampFrequency);

    public ValueTask DisposeAsync() => Later.DisposeAsync();
}
