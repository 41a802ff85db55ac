namespace PerfLog.Metadata;

/// <summary>
/// The metadata of a cluster of one node, kept in memory and in a journal on local disk. Reads need no lock. Commits queue
/// up: whoever finds no writer at work becomes the writer, makes all that is queued durable with one flush, and only then
/// shows it to readers, watches and callers. Any thread may call it.
/// </summary>
/// <remarks>
/// The thread that commits does the writing itself: metadata changes are few, and the one who asked waits for it anyway.
/// After the journal could not be written nothing is committed any more; reads go on with what is durable.
/// </remarks>
public sealed class LocalMetadataStore : IMetadataStore
{
    /// <summary>Transactions that wait while others are written.</summary>
    private const int QueuedMax = 10_000;

    /// <summary>What their paths and data take; they are written as one frame.</summary>
    private const long QueuedBytesMax = 4L * ZnodeLimits.TransactionBytesMax;

    private readonly TreeJournal _journal;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private List<PendingCommit> _queue = [];
    private long _queuedBytes;
    private bool _writing;
    private bool _disposed;
    private TaskCompletionSource? _drained;
    private Exception? _failure;
    private long _sessions;
    private ZnodeTree _tree;

    private LocalMetadataStore(TreeJournal journal, ZnodeTree tree, TimeProvider time)
    {
        _journal = journal;
        _tree = tree;
        _time = time;
        _sessions = tree.LastZxid.Value;
    }

    internal WatchList Watches { get; } = new();

    /// <summary>What is committed and durable.</summary>
    internal ZnodeTree Tree => Volatile.Read(ref _tree);

    /// <summary>Opens the store in a directory of its own, which is created if need be.</summary>
    /// <exception cref="CorruptMetadataException">The journal is damaged.</exception>
    /// <exception cref="MetadataUnavailableException">Another process has the directory.</exception>
    public static LocalMetadataStore Open(string directory, TimeProvider time) => Open(new JournalFile(directory), time);

    /// <summary>A store that ends with the process.</summary>
    public static LocalMetadataStore OpenInMemory(TimeProvider time) => Open(new MemoryJournalStorage(), time);

    internal static LocalMetadataStore Open(IJournalStorage storage, TimeProvider time)
    {
        try
        {
            TreeJournal journal = TreeJournal.Open(storage, out ZnodeTree tree);
            var store = new LocalMetadataStore(journal, tree, time);
            store.EndFormerSessions();
            return store;
        }
        catch
        {
            storage.Dispose();
            throw;
        }
    }

    public ValueTask<IMetadataSession> OpenSessionAsync(CancellationToken cancellation = default)
    {
        lock (_gate) ThrowIfUnusable();
        return new(new LocalMetadataSession(this, new SessionId(Interlocked.Increment(ref _sessions))));
    }

    /// <summary>Lets queued transactions finish and closes the journal. Sessions still open end as in a crash.</summary>
    public async ValueTask DisposeAsync()
    {
        Task drained = Task.CompletedTask;
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            if (_writing)
            {
                _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                drained = _drained.Task;
            }
        }

        await drained;
        _journal.Dispose();
    }

    internal Task<CommitResult> CommitAsync(PendingCommit pending)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            if (_queue.Count == QueuedMax || _queuedBytes + pending.SizeBytes > QueuedBytesMax)
                throw new MetadataUnavailableException($"{_queue.Count} metadata transactions of {_queuedBytes} bytes wait already.");
            _queue.Add(pending);
            _queuedBytes += pending.SizeBytes;
            if (_writing) return pending.Completion;
            _writing = true;
        }

        while (TryTakeQueued(out List<PendingCommit> group)) Write(group);
        return pending.Completion;
    }

    private void EndFormerSessions()
    {
        List<ZnodeChange> changes = DeletionsOf(_tree.Ephemerals(SessionId.None));
        if (changes.Count == 0) return;
        ZnodeTransaction transaction = Next(_tree, SessionId.None, changes);
        ZnodeTree tree = _tree.Apply(transaction).Tree;
        _journal.Append([transaction]);
        _tree = tree;
    }

    private bool TryTakeQueued(out List<PendingCommit> group)
    {
        lock (_gate)
        {
            group = _queue;
            _queue = [];
            _queuedBytes = 0;
            _writing = group.Count > 0;
            if (!_writing) _drained?.SetResult();
            return _writing;
        }
    }

    private void Write(List<PendingCommit> group)
    {
        try
        {
            if (_failure is not null) throw new MetadataUnavailableException(_failure.Message, _failure);
            Decide(group, out ZnodeTree tree, out List<ZnodeTransaction> transactions, out List<ZnodeEvent> events);
            if (transactions.Count > 0) _journal.Append(transactions);
            Volatile.Write(ref _tree, tree);
            Watches.Post(events);
            foreach (PendingCommit pending in group) pending.Complete();
        }
        catch (Exception exception)
        {
            Exception failure = Break(exception);
            foreach (PendingCommit pending in group) pending.Fail(failure);
            return;
        }

        Rewrite();
    }

    private void Decide(
        List<PendingCommit> group,
        out ZnodeTree tree,
        out List<ZnodeTransaction> transactions,
        out List<ZnodeEvent> events)
    {
        tree = _tree;
        transactions = [];
        events = [];
        foreach (PendingCommit pending in group)
        {
            IReadOnlyList<ZnodeChange> changes = pending.Changes ?? DeletionsOf(tree.Ephemerals(pending.Session.Id));
            if (pending.Session.IsOver)
            {
                pending.Result = CommitResult.Failed(ZnodeError.SessionEnded);
                continue;
            }

            ZnodeTransaction transaction = Next(tree, pending.Session.Id, changes);
            TreeCommit commit = tree.Apply(transaction);
            pending.Result = commit.Result;
            pending.Session.IsOver = pending.Changes is null;

            // A transaction of nothing but checks leaves no trace; it must not use up a zxid that a restart gives again.
            if (commit.Events.Count == 0) continue;
            tree = commit.Tree;
            events.AddRange(commit.Events);
            transactions.Add(transaction);
        }
    }

    private void Rewrite()
    {
        try
        {
            _journal.RewriteIfGrown(_tree);
        }
        catch (Exception exception)
        {
            Break(exception);
        }
    }

    private MetadataUnavailableException Break(Exception reason)
    {
        var failure = new MetadataUnavailableException(
            $"{_journal.Name} cannot be written, the metadata is read-only until the broker is started again: {reason.Message}",
            reason);
        lock (_gate) _failure ??= failure;
        return failure;
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failure is not null) throw new MetadataUnavailableException(_failure.Message, _failure);
    }

    private ZnodeTransaction Next(ZnodeTree tree, SessionId session, IReadOnlyList<ZnodeChange> changes) =>
        new(tree.LastZxid + 1, TimestampMs.Now(_time), session, changes);

    private static List<ZnodeChange> DeletionsOf(IEnumerable<string> paths) =>
        [.. paths.Select(static path => new ZnodeChange.Delete(path, ZnodeVersion.Any))];
}
