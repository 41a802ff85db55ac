using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>Changes the configuration that is set at run time for one broker or for all. Any thread may call it.</summary>
public sealed class BrokerConfigs(IMetadataSession session, ClusterMetadata cluster)
{
    /// <param name="broker">The broker, or null for all.</param>
    /// <param name="change">Makes the new values from the present ones, or refuses.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    public async ValueTask<CatalogResult<ImmutableDictionary<string, string>>> AlterAsync(
        BrokerId? broker,
        Func<ImmutableDictionary<string, string>, CatalogResult<ImmutableDictionary<string, string>>> change,
        CancellationToken cancellation = default)
    {
        string path = ZnodePath.Join(ClusterLayout.BrokerConfigs, broker?.ToString() ?? ClusterLayout.DefaultEntity);
        CatalogResult<ImmutableDictionary<string, string>> altered =
            await ConfigChange.CommitAsync(session, path, owner: null, change, cancellation);
        await cluster.RefreshAsync([path], cancellation);
        return altered;
    }
}
