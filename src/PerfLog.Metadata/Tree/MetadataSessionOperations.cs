namespace PerfLog.Metadata;

/// <summary>Transactions of a single change, and questions that are a read.</summary>
public static class MetadataSessionOperations
{
    public static ValueTask<CommitResult> CreateAsync(
        this IMetadataSession session,
        string path,
        ReadOnlyMemory<byte> data,
        ZnodeMode mode = ZnodeMode.Persistent,
        CancellationToken cancellation = default) =>
        session.CommitAsync([new ZnodeChange.Create(path, data, mode)], cancellation);

    public static ValueTask<CommitResult> SetAsync(
        this IMetadataSession session,
        string path,
        ReadOnlyMemory<byte> data,
        ZnodeVersion expected,
        CancellationToken cancellation = default) =>
        session.CommitAsync([new ZnodeChange.SetData(path, data, expected)], cancellation);

    public static ValueTask<CommitResult> DeleteAsync(
        this IMetadataSession session,
        string path,
        ZnodeVersion expected,
        CancellationToken cancellation = default) =>
        session.CommitAsync([new ZnodeChange.Delete(path, expected)], cancellation);

    public static async ValueTask<bool> ExistsAsync(
        this IMetadataSession session, string path, CancellationToken cancellation = default)
    {
        ZnodeResult<Znode> read = await session.GetAsync(path, cancellation);
        return read.Succeeded;
    }
}
