using PerfLog.Client.Cluster;

namespace PerfLog.Client.Admin;

/// <summary>A group's coordinator answers. It is looked for with each call: nothing else tells that it has moved.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="groupOf">The group that an item belongs to.</param>
internal sealed class CoordinatorRouting<TItem>(ClusterClient cluster, Func<TItem, string> groupOf) : IRouting<TItem>
{
    public async Task<IReadOnlyList<Place>> FindAsync(IReadOnlyList<TItem> items, bool anew, CancellationToken cancellation)
    {
        string[] groups = [.. items.Select(groupOf).Distinct()];
        IReadOnlyList<FoundCoordinator> found = await CoordinatorLookup.FindAsync(cluster, groups, cancellation).ConfigureAwait(false);
        Dictionary<string, Place> places = groups.Zip(found).ToDictionary(static pair => pair.First, pair => PlaceOf(pair.Second));
        return [.. items.Select(item => places[groupOf(item)])];
    }

    public bool MayPass(ErrorCode error) => CoordinatorLookup.MayPass(error);

    private Place PlaceOf(FoundCoordinator found)
    {
        if (found.Error == ErrorCode.None) return new Place(found.Address, found.Broker);
        bool mayPass = MayPass(found.Error);
        return Place.Nowhere(found.Error, mayPass ? "no broker coordinates it at the moment" : found.Reason, mayPass);
    }
}
