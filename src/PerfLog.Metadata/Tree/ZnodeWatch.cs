namespace PerfLog.Metadata;

/// <summary>
/// The events of one watch, waiting for their one reader. The store posts from any thread; one reader at a time calls
/// <see cref="NextAsync"/>. Disposing ends the watch.
/// </summary>
public sealed class ZnodeWatch : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Action<ZnodeWatch> _onDisposed;
    private List<ZnodeEvent> _waiting = [];
    private TaskCompletionSource? _reader;
    private bool _ended;

    /// <param name="path">The node watched, or the root of the subtree.</param>
    /// <param name="scope">How far the watch looks.</param>
    /// <param name="onDisposed">Tells the store to post no more.</param>
    public ZnodeWatch(string path, WatchScope scope, Action<ZnodeWatch> onDisposed)
    {
        Path = path;
        Scope = scope;
        _onDisposed = onDisposed;
    }

    public string Path { get; }

    public WatchScope Scope { get; }

    public bool Covers(string path) => Scope == WatchScope.Subtree ? ZnodePath.IsWithin(path, Path) : path == Path;

    /// <summary>Waits for events and takes all there are. None means that the watch or its session has ended.</summary>
    public async ValueTask<IReadOnlyList<ZnodeEvent>> NextAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (_waiting.Count > 0 || _ended) return TakeAll();
                _reader ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrival = _reader.Task;
            }

            await arrival.WaitAsync(cancellation);
        }
    }

    /// <summary>Hands events to the reader. Called by the store, in the order of the changes.</summary>
    public void Post(IEnumerable<ZnodeEvent> events)
    {
        lock (_gate)
        {
            if (_ended) return;
            foreach (ZnodeEvent posted in events) Add(posted);
            if (_waiting.Count > 0) Wake();
        }
    }

    /// <summary>Lets the reader take what waits, and then learn that the watch has ended.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            Wake();
        }
    }

    public void Dispose()
    {
        End();
        _onDisposed(this);
    }

    private List<ZnodeEvent> TakeAll()
    {
        List<ZnodeEvent> taken = _waiting;
        _waiting = [];
        return taken;
    }

    private void Add(ZnodeEvent posted)
    {
        // A reader that is told to read everything again needs no single event before that.
        if (_waiting.Count > 0 && _waiting[0].Kind == ZnodeEventKind.Lost) return;
        if (_waiting.Count == ZnodeLimits.WatchEventsMax || posted.Kind == ZnodeEventKind.Lost)
        {
            _waiting.Clear();
            posted = new ZnodeEvent(ZnodeEventKind.Lost, Path);
        }

        _waiting.Add(posted);
    }

    private void Wake()
    {
        _reader?.TrySetResult();
        _reader = null;
    }
}
