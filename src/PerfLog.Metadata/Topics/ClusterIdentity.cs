namespace PerfLog.Metadata;

/// <summary>The cluster's id: made once by the first broker, read by all.</summary>
public static class ClusterIdentity
{
    /// <summary>Answers the cluster's id; the first caller makes it, and with it the layout that every cluster has.</summary>
    public static async ValueTask<string> EnsureAsync(
        IMetadataSession session, Random random, CancellationToken cancellation = default)
    {
        await ClusterLayout.EnsureAsync(session, cancellation);
        byte[] made = ZnodeJson.Write(
            new ClusterIdBody(Uuid.NewRandom(random).ToString()), ZnodeBodies.Default.ClusterIdBody);
        CommitResult created =
            await session.CreateAsync(ClusterLayout.ClusterId, made, ZnodeMode.Persistent, cancellation);
        if (created.Error is not (ZnodeError.None or ZnodeError.NodeExists))
            throw new MetadataUnavailableException($"{ClusterLayout.ClusterId} cannot be created: {created.Error}.");

        string? id = await new ClusterReader(session).ClusterIdAsync(cancellation);
        return id ?? throw new MetadataUnavailableException($"{ClusterLayout.ClusterId} was deleted by another hand.");
    }
}
