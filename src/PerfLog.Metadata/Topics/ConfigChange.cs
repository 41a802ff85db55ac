using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>Changes the configuration in one znode by compare-and-set.</summary>
internal static class ConfigChange
{
    private const int AttemptsMax = 10;

    /// <param name="session">The session that commits.</param>
    /// <param name="path">The configuration's znode; it may be missing.</param>
    /// <param name="owner">A znode that must still exist, or null.</param>
    /// <param name="change">Makes the new values from the present ones, or refuses.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    public static async ValueTask<CatalogResult<ImmutableDictionary<string, string>>> CommitAsync(
        IMetadataSession session,
        string path,
        string? owner,
        Func<ImmutableDictionary<string, string>, CatalogResult<ImmutableDictionary<string, string>>> change,
        CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            ZnodeResult<Znode> present = await session.GetAsync(path, cancellation);
            CatalogResult<ImmutableDictionary<string, string>> altered =
                change(present.Succeeded ? ConfigEntity.Read(path, present.Value!.Data) : ConfigEntity.None);
            if (!altered.Succeeded) return altered;

            byte[] data = ConfigEntity.Write(altered.Value!);
            ZnodeChange write = present.Succeeded
                ? new ZnodeChange.SetData(path, data, present.Value!.Stat.Version)
                : new ZnodeChange.Create(path, data);
            CommitResult committed = await session.CommitAsync(
                owner is null ? [write] : [new ZnodeChange.Check(owner, ZnodeVersion.Any), write], cancellation);
            if (committed.Succeeded) return altered;
            if (owner is not null && committed is { Error: ZnodeError.NoNode, FailedChange: 0 })
                return Failed(ErrorCode.UnknownTopicOrPartition, $"{ZnodePath.Name(owner)} was deleted meanwhile.");
            if (committed.Error == ZnodeError.TooLarge)
                return Failed(ErrorCode.InvalidConfig, $"The configuration is over {ZnodeLimits.DataBytesMax} bytes.");
            if (committed.Error is not (ZnodeError.BadVersion or ZnodeError.NoNode or ZnodeError.NodeExists))
                throw new MetadataUnavailableException($"{path} cannot be changed: {committed.Error}.");
        }

        return Failed(ErrorCode.RequestTimedOut, $"{path} was changed by others {AttemptsMax} times in a row; try again.");
    }

    private static CatalogResult<ImmutableDictionary<string, string>> Failed(ErrorCode error, string message) =>
        CatalogResult.Failed<ImmutableDictionary<string, string>>(error, message);
}
