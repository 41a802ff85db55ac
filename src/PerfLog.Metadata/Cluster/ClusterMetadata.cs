using Microsoft.Extensions.Logging;

namespace PerfLog.Metadata;

/// <summary>
/// The current <see cref="ClusterImage"/>, kept current by a watch on the znodes. A change costs what it changes. Any
/// thread may read <see cref="Image"/> and call <see cref="RefreshAsync"/>.
/// </summary>
public sealed class ClusterMetadata : IAsyncDisposable
{
    private readonly ClusterReader _reader;
    private readonly ILogger _logger;
    private readonly ZnodeWatch _watch;
    private readonly SemaphoreSlim _oneUpdate = new(1);
    private ClusterImage _image = ClusterImage.Empty;

    private ClusterMetadata(IMetadataSession session, ZnodeWatch watch, ILogger logger)
    {
        _reader = new ClusterReader(session);
        _watch = watch;
        _logger = logger;
    }

    /// <summary>
    /// Raised after the image was swapped, one change at a time and in their order. A listener does not block and does not
    /// throw: it would stop the updates.
    /// </summary>
    public event Action<ClusterChange>? Changed;

    /// <summary>The image of this moment. Take it once per request.</summary>
    public ClusterImage Image => Volatile.Read(ref _image);

    /// <summary>Ends when updates end: with disposal, or faulted when the metadata could not be followed any more.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Reads the whole cluster, and follows it from there. The session stays the caller's.</summary>
    public static async ValueTask<ClusterMetadata> OpenAsync(
        IMetadataSession session, ILogger logger, CancellationToken cancellation = default)
    {
        // The watch comes first, so that nothing that happens during the reading is missed.
        ZnodeWatch watch = await session.WatchAsync(ZnodePath.Root, WatchScope.Subtree, cancellation);
        var metadata = new ClusterMetadata(session, watch, logger);
        try
        {
            await metadata.UpdateAsync(StaleParts.Of([new(ZnodeEventKind.Lost, ZnodePath.Root)]), cancellation);
        }
        catch
        {
            watch.Dispose();
            throw;
        }

        metadata.Completion = metadata.FollowAsync();
        return metadata;
    }

    /// <summary>
    /// Reads what stands at these znodes now, without waiting for their events. Whoever changed something and calls this
    /// finds the change, or a later one, in the image. <c>/brokers/ids</c> stands for all brokers, <c>/brokers/topics</c>
    /// for all topics.
    /// </summary>
    public ValueTask RefreshAsync(IEnumerable<string> paths, CancellationToken cancellation = default) =>
        UpdateAsync(StaleParts.At(paths), cancellation);

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FollowAsync()
    {
        while (await _watch.NextAsync() is { Count: > 0 } events) await UpdateAsync(StaleParts.Of(events), default);
    }

    private async ValueTask UpdateAsync(StaleParts stale, CancellationToken cancellation)
    {
        await _oneUpdate.WaitAsync(cancellation);
        try
        {
            ClusterChange? change = await new ImageUpdate(_image, _reader, _logger).ReadAsync(stale, cancellation);
            if (change is null) return;
            Volatile.Write(ref _image, change.After);
            Changed?.Invoke(change);
        }
        finally
        {
            _oneUpdate.Release();
        }
    }
}
