using PerfLog.Client.Cluster;

namespace PerfLog.Client.Admin;

/// <summary>Any broker answers.</summary>
internal sealed class AnyBroker<TItem> : IRouting<TItem>
{
    public Task<IReadOnlyList<Place>> FindAsync(IReadOnlyList<TItem> items, bool anew, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Place>>([.. items.Select(static _ => Place.Anywhere)]);

    public bool MayPass(ErrorCode error) => error is ErrorCode.NotController or ErrorCode.LeaderNotAvailable or ErrorCode.ThrottlingQuotaExceeded;
}

/// <summary>The controller answers, and whoever is it after it.</summary>
internal sealed class ControllerRouting<TItem>(ClusterClient cluster) : IRouting<TItem>
{
    public async Task<IReadOnlyList<Place>> FindAsync(IReadOnlyList<TItem> items, bool anew, CancellationToken cancellation)
    {
        ClusterSnapshot known = cluster.Current;
        if (anew || cluster.IsStale || known.Controller == BrokerId.None)
            known = await cluster.AskOnceAsync([], cancellation).ConfigureAwait(false);
        Place place = known.Brokers.TryGetValue(known.Controller.Value, out BrokerNode? controller)
            ? new Place(controller.Address, controller.Id)
            : Place.Nowhere(ErrorCode.NotController, null, mayPass: true);
        return [.. items.Select(_ => place)];
    }

    public bool MayPass(ErrorCode error) => error is ErrorCode.NotController or ErrorCode.ThrottlingQuotaExceeded;
}

/// <summary>Each broker answers for itself, and any for what belongs to none.</summary>
internal sealed class OwnBroker<TItem>(ClusterClient cluster, Func<TItem, BrokerId> brokerOf) : IRouting<TItem>
{
    public async Task<IReadOnlyList<Place>> FindAsync(IReadOnlyList<TItem> items, bool anew, CancellationToken cancellation)
    {
        ClusterSnapshot known = cluster.Current;
        if ((anew && items.Any(item => brokerOf(item) != BrokerId.None)) || items.Any(item => !IsKnown(brokerOf(item), known)))
            known = await cluster.AskOnceAsync([], cancellation).ConfigureAwait(false);
        return [.. items.Select(item => PlaceOf(brokerOf(item), known))];
    }

    public bool MayPass(ErrorCode error) =>
        error is ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotController or ErrorCode.ThrottlingQuotaExceeded;

    private static bool IsKnown(BrokerId broker, ClusterSnapshot known) => broker == BrokerId.None || known.Brokers.ContainsKey(broker.Value);

    private static Place PlaceOf(BrokerId broker, ClusterSnapshot known)
    {
        if (broker == BrokerId.None) return Place.Anywhere;
        return known.Brokers.TryGetValue(broker.Value, out BrokerNode? node)
            ? new Place(node.Address, node.Id)
            : Place.Nowhere(ErrorCode.BrokerNotAvailable, "the cluster has no such broker", mayPass: false);
    }
}
