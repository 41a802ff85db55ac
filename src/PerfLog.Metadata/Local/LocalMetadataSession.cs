namespace PerfLog.Metadata;

/// <summary>One participant's hold on a <see cref="LocalMetadataStore"/>.</summary>
internal sealed class LocalMetadataSession(LocalMetadataStore store, SessionId id) : IMetadataSession
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private readonly List<ZnodeWatch> _watches = [];
    private bool _closed;

    public SessionId Id { get; } = id;

    public CancellationToken Ended => _ended.Token;

    /// <summary>Set by the store's writer when it has ended the session; no transaction of it follows.</summary>
    public bool IsOver { get; set; }

    public ValueTask<ZnodeResult<Znode>> GetAsync(string path, CancellationToken cancellation = default)
    {
        ZnodePath.Require(path);
        if (IsClosed) return new(new ZnodeResult<Znode>(ZnodeError.SessionEnded, null));
        TreeNode? node = store.Tree.Find(path);
        return new(node is null
            ? new ZnodeResult<Znode>(ZnodeError.NoNode, null)
            : new ZnodeResult<Znode>(ZnodeError.None, new Znode(node.Data, node.Stat)));
    }

    public ValueTask<ZnodeResult<IReadOnlyCollection<string>>> ChildrenAsync(
        string path, CancellationToken cancellation = default)
    {
        ZnodePath.Require(path);
        if (IsClosed) return new(new ZnodeResult<IReadOnlyCollection<string>>(ZnodeError.SessionEnded, null));
        TreeNode? node = store.Tree.Find(path);
        ZnodeError error = node is null ? ZnodeError.NoNode : ZnodeError.None;
        return new(new ZnodeResult<IReadOnlyCollection<string>>(error, node?.Children));
    }

    public ValueTask<CommitResult> CommitAsync(
        IReadOnlyList<ZnodeChange> changes, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (IsClosed) return new(CommitResult.Failed(ZnodeError.SessionEnded));
        var pending = new PendingCommit(this, changes);
        if (pending.SizeBytes > ZnodeLimits.TransactionBytesMax) return new(CommitResult.Failed(ZnodeError.TooLarge));
        Task<CommitResult> commit = store.CommitAsync(pending);
        return new(commit.IsCompleted ? commit : commit.WaitAsync(cancellation));
    }

    public ValueTask<ZnodeWatch> WatchAsync(string path, WatchScope scope, CancellationToken cancellation = default)
    {
        ZnodePath.Require(path);
        var watch = new ZnodeWatch(path, scope, Forget);
        lock (_gate)
        {
            if (_closed) watch.End();
            else _watches.Add(watch);
        }

        store.Watches.Add(watch);
        return new(watch);
    }

    public async ValueTask DisposeAsync()
    {
        if (!TryClose(out ZnodeWatch[] watches)) return;
        try
        {
            await store.CommitAsync(new PendingCommit(this, changes: null));
        }
        catch (Exception exception) when (exception is MetadataUnavailableException or ObjectDisposedException)
        {
            // A store that is closed or broken ends all former sessions when it is opened again.
        }
        finally
        {
            foreach (ZnodeWatch watch in watches) watch.Dispose();
            await _ended.CancelAsync();
        }
    }

    private bool IsClosed
    {
        get
        {
            lock (_gate) return _closed;
        }
    }

    private bool TryClose(out ZnodeWatch[] watches)
    {
        lock (_gate)
        {
            bool closes = !_closed;
            _closed = true;
            watches = [.. _watches];
            return closes;
        }
    }

    private void Forget(ZnodeWatch watch)
    {
        store.Watches.Remove(watch);
        lock (_gate) _watches.Remove(watch);
    }
}
