using PerfLog.Client.Cluster;

namespace PerfLog.Client.Admin;

/// <summary>Makes the calls of one admin client. Owned by it; any thread may use it.</summary>
internal sealed class ItemCalls(ClusterClient cluster, AdminClientOptions options)
{
    private volatile bool _hasReached;

    public ClusterClient Cluster => cluster;

    public AdminClientOptions Options => options;

    /// <summary>
    /// Whether the cluster has ever answered. Before that a failure to connect is more likely a wrong address than something that passes, and
    /// is told at once.
    /// </summary>
    public bool HasReached
    {
        get => _hasReached;
        set => _hasReached = value;
    }

    /// <summary>Asks about items, each of whom it concerns, until each has its answer or the time is over.</summary>
    /// <exception cref="IOException">The cluster has never been reached, and is not now.</exception>
    public Task<AdminResults<TItem, TValue>> AskAsync<TItem, TValue>(
        ItemCall<TItem, TValue> call, IEnumerable<TItem> items, AdminCallOptions? callOptions, CancellationToken cancellation)
        where TItem : notnull =>
        new ItemRun<TItem, TValue>(this, call, items.Distinct(), callOptions?.Timeout ?? options.CallTimeout).RunAsync(cancellation);

    /// <summary>Asks about one item.</summary>
    public async Task<TValue> AskOneAsync<TItem, TValue>(
        ItemCall<TItem, TValue> call, TItem item, AdminCallOptions? callOptions, CancellationToken cancellation)
        where TItem : notnull =>
        (await AskAsync(call, [item], callOptions, cancellation).ConfigureAwait(false))[item].Value;
}
