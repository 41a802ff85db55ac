namespace PerfLog.Metadata;

/// <summary>
/// A tree of znodes that a cluster keeps its metadata in: on local disk, in memory, or in a ZooKeeper ensemble. Any thread
/// may call it.
/// </summary>
public interface IMetadataStore : IAsyncDisposable
{
    ValueTask<IMetadataSession> OpenSessionAsync(CancellationToken cancellation = default);
}

/// <summary>
/// One participant's hold on the tree. Its ephemeral nodes live until it is disposed or lost. Any thread may call it;
/// transactions of one session take effect in the order of the calls.
/// </summary>
/// <remarks>Expected refusals are <see cref="ZnodeError"/> values. A store that cannot be reached or written throws
/// <see cref="MetadataUnavailableException"/>, and then a transaction may or may not have happened.</remarks>
public interface IMetadataSession : IAsyncDisposable
{
    SessionId Id { get; }

    /// <summary>Cancelled when the session has ended, by disposal or because the store gave it up.</summary>
    CancellationToken Ended { get; }

    ValueTask<ZnodeResult<Znode>> GetAsync(string path, CancellationToken cancellation = default);

    /// <summary>The names (not paths) of a node's children, in ordinal order.</summary>
    ValueTask<ZnodeResult<IReadOnlyCollection<string>>> ChildrenAsync(string path, CancellationToken cancellation = default);

    /// <summary>Carries out all changes in their order, or none.</summary>
    /// <param name="changes">Their data is borrowed until the task completes.</param>
    /// <param name="cancellation">Stops the waiting; a transaction already handed over happens all the same.</param>
    ValueTask<CommitResult> CommitAsync(IReadOnlyList<ZnodeChange> changes, CancellationToken cancellation = default);

    /// <summary>
    /// Watches a node or a subtree until the watch is disposed or the session ends. The path need not exist. Whatever
    /// changes after this returns raises an event, in the order of the changes; a read after an event sees its change.
    /// </summary>
    ValueTask<ZnodeWatch> WatchAsync(string path, WatchScope scope, CancellationToken cancellation = default);
}
