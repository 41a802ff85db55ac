using System.Runtime.CompilerServices;
using PerfLog.Client.Cluster;
using PerfLog.Client.Groups;
using PerfLog.Protocol.Connections;
using PerfLog.Threading;

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
    private readonly GroupSession? _group;
    private readonly ListenerCalls _listener;
    private readonly AsyncSignal _arrived = new(ParkedThreads.Shared);
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
        _listener = new ListenerCalls(isInUse => Volatile.Write(ref _inUse, isInUse ? 1 : 0));
        if (options.GroupId is not null)
        {
            _group = new GroupSession(options, cluster, Assignment, _listener, Arrive);
            _positions.Committed = _group.Offsets.FetchAsync;
        }

        cluster.Changed = _ => Arrive();
    }

    public ConsumerOptions Options { get; }

    public ConsumerAssignment Assignment { get; } = new();

    public OffsetLookup Offsets { get; }

    public ClusterClient Cluster => _cluster;

    /// <summary>The consumer's group.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public GroupSession Group => _group ?? throw new InvalidOperationException("Without group.id there is no group to subscribe in or to commit to.");

    /// <summary>Ends the poll under way, or the next one, with a <see cref="WakeupException"/>.</summary>
    public void Wakeup()
    {
        Volatile.Write(ref _woken, 1);
        _arrived.Set();
    }

    public void Assign(IReadOnlyCollection<TopicPartition> partitions)
    {
        using Use use = Enter();
        if (_group is { IsSubscribed: true })
            throw new InvalidOperationException("The consumer is subscribed to topics; unsubscribe before assigning partitions.");
        Assignment.Replace(partitions);
        Track(partitions);
        _fetcher.Wake();
    }

    /// <summary>Shares topics with the members of the group, from the next poll on.</summary>
    public void Subscribe(Subscription subscription, IRebalanceListener? listener)
    {
        using Use use = Enter();
        GroupSession group = Group;
        if (!group.IsSubscribed && Assignment.Partitions.Count > 0)
            throw new InvalidOperationException("The consumer has partitions assigned to it; unsubscribe before subscribing to topics.");
        _listener.Listener = listener;
        group.Subscribe(subscription);
    }

    /// <summary>Leaves the group, or gives up what was assigned.</summary>
    public async ValueTask UnsubscribeAsync(CancellationToken cancellation)
    {
        using Use use = Enter();
        try
        {
            if (_group is not null) await _group.UnsubscribeAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            Assignment.Replace([]);
        }
    }

    /// <summary>Commits these offsets, or the positions as they are now; what follows may poll on meanwhile.</summary>
    public async Task CommitAsync(IReadOnlyDictionary<TopicPartition, OffsetAndMetadata>? offsets, CancellationToken cancellation)
    {
        GroupSession group = Group;
        Membership membership;
        using (Enter())
        {
            membership = group.Membership;
            offsets ??= Positions();
        }

        await LimitAsync(
            token => group.Offsets.CommitAsync(membership, offsets, token), "The offsets were not committed", cancellation).ConfigureAwait(false);
    }

    public async Task<IReadOnlyDictionary<TopicPartition, OffsetAndMetadata>> CommittedAsync(
        IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
    {
        IReadOnlyDictionary<TopicPartition, OffsetAndMetadata>? committed = null;
        await LimitAsync(
            async token => committed = await Group.Offsets.FetchAsync(partitions, token).ConfigureAwait(false),
            "The committed offsets were not told", cancellation).ConfigureAwait(false);
        return committed!;
    }

    /// <summary>Goes to a place.</summary>
    public void Seek(TopicPartition partition, OffsetPosition position)
    {
        using Use use = Enter();
        Assignment.MoveTo(Assigned(partition), position);
        _fetcher.Wake();
    }

    /// <summary>Goes to where the answer to a question lies; it is asked by the next poll.</summary>
    public void SeekTo(TopicPartition partition, OffsetSpec question)
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

    /// <summary>Asks the leaders for offsets.</summary>
    public async Task<Dictionary<TopicPartition, FoundOffset>> FindAsync(
        Dictionary<TopicPartition, OffsetSpec> questions, CancellationToken cancellation)
    {
        foreach (TopicPartition partition in questions.Keys) _cluster.Track(partition.Topic);
        Dictionary<TopicPartition, FoundOffset>? found = null;
        await LimitAsync(
            async token => found = await Offsets.FindAsync(questions, token).ConfigureAwait(false),
            "The offsets were not told", cancellation).ConfigureAwait(false);
        return found!;
    }

    /// <summary>Where the next record of a partition comes from.</summary>
    public async ValueTask<Offset> PositionAsync(TopicPartition partition, CancellationToken cancellation)
    {
        using Use use = Enter();
        PartitionState state = Assigned(partition);
        await LimitAsync(
            async token =>
            {
                while (state.Position is null)
                {
                    if (state.Failure is { } failure) throw failure;
                    await _positions.FindAsync().WaitAsync(token).ConfigureAwait(false);
                }
            },
            $"{partition}: its position was not found", cancellation).ConfigureAwait(false);
        return state.Position!.Value.Offset;
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
            _group?.Polled();
            done = _group is not { NeedsStep: true } && TryRead(slots);
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
        if (_group is not null) await _group.DisposeAsync().ConfigureAwait(false);
        await _fetcher.DisposeAsync().ConfigureAwait(false);
        await _cluster.DisposeAsync().ConfigureAwait(false);
        await _positions.DisposeAsync().ConfigureAwait(false);
        await _timeout.DisposeAsync().ConfigureAwait(false);
        Assignment.Replace([]);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask PollAsync(Use use, RecordSlots slots, TimeSpan timeout, CancellationToken cancellation)
    {
        using (use)
        {
            long started = Options.Time.GetTimestamp();
            using CancellationTokenRegistration stop = cancellation.UnsafeRegister(
                static arrived => ((AsyncSignal)arrived!).Set(), _arrived);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                ThrowIfWoken();
                ThrowIfFailed();
                if (_group is not null) await _group.StepAsync(cancellation).ConfigureAwait(false);
                _ = _positions.FindAsync();
                TimeSpan left = timeout - Options.Time.GetElapsedTime(started);
                if (TryRead(slots) || left <= TimeSpan.Zero) return;
                // Set anew each time: a timer may fire a little early, and this loop would wait for ever.
                _timeout.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
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

    private Dictionary<TopicPartition, OffsetAndMetadata> Positions()
    {
        Dictionary<TopicPartition, OffsetAndMetadata> positions = [];
        foreach (PartitionState state in Assignment.Partitions)
        {
            if (state.Position is { } position) positions[state.Partition] = new OffsetAndMetadata(position.Offset, "", position.Epoch);
        }

        return positions;
    }

    private async Task LimitAsync(Func<CancellationToken, Task> work, string failure, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(Options.ApiTimeout, Options.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await work(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{failure} within {Options.ApiTimeout.TotalMilliseconds} ms (default.api.timeout.ms).");
        }
        catch (BrokerAuthenticationException refused)
        {
            throw new ConsumeException(failure, refused);
        }
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
