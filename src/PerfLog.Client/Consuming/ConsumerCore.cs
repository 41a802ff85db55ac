using PerfLog.Client.Cluster;
using PerfLog.Client.Waiting;

namespace PerfLog.Client.Consuming;

/// <summary>
/// A consumer of bytes. One thread at a time uses it, except for <see cref="Wakeup"/>, which any thread may call; loops of its
/// own fetch ahead meanwhile.
/// </summary>
internal sealed class ConsumerCore : IAsyncDisposable
{
    private readonly ClusterClient _cluster;
    private readonly Fetcher _fetcher;
    private readonly PositionFinder _positions;
    private readonly AsyncSignal _arrived = new();
    private readonly ITimer _timeout;
    private int _inUse;
    private int _woken;
    private int _disposed;

    public ConsumerCore(ConsumerOptions options, ClusterClient cluster)
    {
        Options = options;
        _cluster = cluster;
        Offsets = new OffsetLookup(options, cluster);
        _fetcher = new Fetcher(options, cluster, Assignment, _arrived);
        _positions = new PositionFinder(options, Assignment, Offsets, Arrive);
        _timeout = options.Time.CreateTimer(
            static arrived => ((AsyncSignal)arrived!).Set(), _arrived, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        cluster.Changed = _ => Arrive();
    }

    public ConsumerOptions Options { get; }

    public ConsumerAssignment Assignment { get; } = new();

    public OffsetLookup Offsets { get; }

    public ClusterClient Cluster => _cluster;

    /// <summary>Ends the poll under way, or the next one, with a <see cref="WakeupException"/>.</summary>
    public void Wakeup()
    {
        Volatile.Write(ref _woken, 1);
        _arrived.Set();
    }

    public void Assign(IReadOnlyCollection<TopicPartition> partitions)
    {
        using Use use = Enter();
        Assignment.Replace(partitions);
        Track(partitions);
        _fetcher.Wake();
    }

    /// <summary>Goes to a place.</summary>
    public void Seek(TopicPartition partition, OffsetPosition position)
    {
        using Use use = Enter();
        Assignment.MoveTo(Assigned(partition), position);
        _fetcher.Wake();
    }

    /// <summary>Goes to where the answer to a question lies; it is asked by the next poll.</summary>
    public void SeekTo(TopicPartition partition, long question)
    {
        using Use use = Enter();
        Assignment.ForgetPosition(Assigned(partition), question);
    }

    public void SetPaused(TopicPartition partition, bool isPaused)
    {
        using Use use = Enter();
        lock (Assignment.Lock) Assigned(partition).IsPaused = isPaused;
        _fetcher.Wake();
    }

    /// <summary>Where the next record of a partition comes from.</summary>
    public async ValueTask<Offset> PositionAsync(TopicPartition partition, CancellationToken cancellation)
    {
        using Use use = Enter();
        PartitionState state = Assigned(partition);
        using CancellationTokenSource limit = new(Options.ApiTimeout, Options.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            while (state.Position is null)
            {
                if (state.Failure is { } failure) throw failure;
                await _positions.FindAsync().WaitAsync(either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{partition}: its position was not found within {Options.ApiTimeout.TotalMilliseconds} ms (default.api.timeout.ms).");
        }

        return state.Position.Value.Offset;
    }

    /// <summary>Hands out what is fetched, or waits for something.</summary>
    /// <param name="slots">Takes the records; stays empty when none came in time.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask PollAsync(RecordSlots slots, TimeSpan timeout, CancellationToken cancellation)
    {
        Use use = Enter();
        bool done = false;
        try
        {
            ThrowIfWoken();
            done = TryRead(slots);
        }
        finally
        {
            if (done) use.Dispose();
        }

        return done ? ValueTask.CompletedTask : PollAsync(use, slots, timeout, cancellation);
    }

    public PartitionState Assigned(TopicPartition partition) => Assignment.Find(partition)
        ?? throw new InvalidOperationException($"{partition} is not assigned to this consumer.");

    public Use Enter()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, typeof(ConsumerCore));
        if (Interlocked.Exchange(ref _inUse, 1) != 0)
            throw new InvalidOperationException("A consumer is used by one thread at a time; only Wakeup may be called by others.");
        return new Use(this);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _fetcher.DisposeAsync().ConfigureAwait(false);
        await _cluster.DisposeAsync().ConfigureAwait(false);
        await _positions.DisposeAsync().ConfigureAwait(false);
        await _timeout.DisposeAsync().ConfigureAwait(false);
        Assignment.Replace([]);
    }

    private async ValueTask PollAsync(Use use, RecordSlots slots, TimeSpan timeout, CancellationToken cancellation)
    {
        using (use)
        {
            long started = Options.Time.GetTimestamp();
            _timeout.Change(timeout, Timeout.InfiniteTimeSpan);
            using CancellationTokenRegistration stop = cancellation.UnsafeRegister(
                static arrived => ((AsyncSignal)arrived!).Set(), _arrived);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                ThrowIfWoken();
                ThrowIfFailed();
                _ = _positions.FindAsync();
                if (TryRead(slots) || Options.Time.GetElapsedTime(started) >= timeout) return;
                await _arrived.WaitAsync().ConfigureAwait(false);
            }
        }
    }

    private bool TryRead(RecordSlots slots)
    {
        if (Assignment.Read(slots, Options.MaxPollRecords)) _fetcher.Wake();
        if (_cluster.IsStale) _cluster.RefreshSoon();
        return slots.Count > 0;
    }

    private void Track(IReadOnlyCollection<TopicPartition> partitions)
    {
        string[] topics = [.. partitions.Select(static partition => partition.Topic).Distinct()];
        _cluster.TrackOnly(topics);
        if (topics.Any(topic => !_cluster.Current.Topics.ContainsKey(topic))) _cluster.RefreshSoon();
    }

    private void Arrive()
    {
        _fetcher.Wake();
        _arrived.Set();
    }

    private void ThrowIfWoken()
    {
        if (Interlocked.Exchange(ref _woken, 0) != 0) throw new WakeupException();
    }

    private void ThrowIfFailed()
    {
        _fetcher.ThrowIfBroken();
        lock (Assignment.Lock)
        {
            foreach (PartitionState state in Assignment.Partitions)
            {
                if (state.Failure is not { } failure || state.First is not null) continue;
                state.Failure = null;
                throw failure;
            }
        }
    }

    /// <summary>One call's use of the consumer.</summary>
    internal readonly struct Use(ConsumerCore core) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref core._inUse, 0);
    }
}
