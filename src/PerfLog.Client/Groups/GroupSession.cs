using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;

namespace PerfLog.Client.Groups;

/// <summary>
/// A consumer's life in its group. The polling thread steps through it: it gives up partitions before a rebalance, starts the
/// join, which goes on beside it, and takes over what came of it. Heartbeats report from a loop of their own.
/// </summary>
internal sealed class GroupSession : IAsyncDisposable
{
    private readonly ConsumerOptions _options;
    private readonly ClusterClient _cluster;
    private readonly ConsumerAssignment _assignment;
    private readonly Action _wake;
    private readonly CoordinatorLink _coordinator;
    private readonly GroupJoin _join;
    private readonly AutoCommit _autoCommit;
    private readonly ListenerCalls _listener;
    private readonly bool _isCooperative;
    private Heartbeats? _heartbeats;
    private Membership _membership = Membership.None;
    private Subscription? _subscription;
    private Task<JoinedGeneration>? _joining;
    private CancellationTokenSource? _joinStop;
    private LeaderWatch? _watch;
    private TopicPartition[] _lastOwned = [];
    private string[] _joinedWith = [];
    private int _needsJoin;
    private int _isLost;
    private int _isFenced;
    private long _polledAt;

    /// <param name="options">The group's name, and how it works.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="assignment">Whom the group's partitions are assigned to.</param>
    /// <param name="listener">Calls the user's listener.</param>
    /// <param name="wake">Ends a wait of the polling thread.</param>
    public GroupSession(
        ConsumerOptions options, ClusterClient cluster, ConsumerAssignment assignment, ListenerCalls listener, Action wake)
    {
        (_options, _cluster, _assignment, _listener, _wake) = (options, cluster, assignment, listener, wake);
        _coordinator = new CoordinatorLink(options, cluster);
        _join = new GroupJoin(options, cluster, _coordinator);
        Offsets = new GroupOffsets(options, _coordinator);
        _autoCommit = new AutoCommit(options, assignment, Offsets);
        // Members that can only give up everything at once set the pace for all.
        _isCooperative = options.Assignors.All(static assignor => assignor.IsCooperative);
        _polledAt = options.Time.GetTimestamp();
    }

    public GroupOffsets Offsets { get; }

    public Membership Membership => Volatile.Read(ref _membership);

    public bool IsSubscribed => _subscription is not null;

    public IReadOnlyList<string> Topics => _subscription?.Topics(_cluster.Current) ?? [];

    /// <summary>Whether a step has something to do; cheap, because each poll asks.</summary>
    public bool NeedsStep =>
        Volatile.Read(ref _needsJoin) != 0 || Volatile.Read(ref _isLost) != 0 || Volatile.Read(ref _isFenced) != 0
        || _joining is not null || _autoCommit.IsDue || (IsSubscribed && _watch is { } watch && watch.Snapshot != _cluster.Current);

    /// <summary>Notes that the user polls.</summary>
    public void Polled() => Volatile.Write(ref _polledAt, _options.Time.GetTimestamp());

    /// <summary>Wants these topics from the next step on.</summary>
    public void Subscribe(Subscription subscription)
    {
        _subscription = subscription;
        subscription.Track(_cluster);
        _cluster.RefreshSoon();
        Volatile.Write(ref _needsJoin, 1);
        _heartbeats ??= new Heartbeats(_options, _coordinator, () => Membership, IsPollOverdue, Take);
    }

    /// <summary>Does what is due. Called by the polling thread.</summary>
    /// <exception cref="ConsumeException">The group does not take this consumer.</exception>
    public async ValueTask StepAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _isFenced) != 0)
        {
            throw new ConsumeException(
                ErrorCode.FencedInstanceId, $"group {_options.GroupId}", $"another consumer has taken the name {_options.GroupInstanceId}");
        }

        if (Interlocked.Exchange(ref _isLost, 0) != 0) await LoseAsync(cancellation).ConfigureAwait(false);
        if (_joining is { IsCompleted: true } joined) await AdoptAsync(joined, cancellation).ConfigureAwait(false);
        if (IsSubscribed && _joining is null && WantsJoin()) await BeginJoinAsync(cancellation).ConfigureAwait(false);
        _autoCommit.CommitIfDue(Membership);
    }

    /// <summary>Gives up the subscription, and leaves the group.</summary>
    public async ValueTask UnsubscribeAsync(CancellationToken cancellation)
    {
        await EndJoinAsync().ConfigureAwait(false);
        if (_heartbeats is not null) await _heartbeats.DisposeAsync().ConfigureAwait(false);
        _heartbeats = null;
        await CommitFinallyAsync(cancellation).ConfigureAwait(false);
        if (IsSubscribed) await GiveUpAllAsync(cancellation).ConfigureAwait(false);
        _subscription = null;
        Membership leaving = Membership;
        Volatile.Write(ref _membership, Membership.None);
        await GroupDeparture.LeaveAsync(_options, _coordinator, leaving, "the consumer was closed", cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        using (CancellationTokenSource limit = new(_options.RequestTimeout, _options.Time))
        {
            try
            {
                await UnsubscribeAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The coordinator is away: the group notices the silence.
            }
            catch (ConsumeException)
            {
                // The group has gone on already.
            }
        }

        await _autoCommit.DisposeAsync().ConfigureAwait(false);
        _joinStop?.Dispose();
    }

    private bool WantsJoin()
    {
        if (_watch is { } watch && watch.Snapshot != _cluster.Current)
        {
            if (watch.HasChanged(_subscription!, _cluster.Current)) Volatile.Write(ref _needsJoin, 1);
            else _watch = watch with { Snapshot = _cluster.Current };
        }

        return Interlocked.Exchange(ref _needsJoin, 0) != 0;
    }

    private async ValueTask BeginJoinAsync(CancellationToken cancellation)
    {
        await CommitFinallyAsync(cancellation).ConfigureAwait(false);
        string[] topics = _subscription!.Topics(_cluster.Current);
        if (_isCooperative) await GiveUpAsync(partition => !topics.Contains(partition.Topic), cancellation).ConfigureAwait(false);
        else await GiveUpAllAsync(cancellation).ConfigureAwait(false);
        _joinedWith = topics;
        Membership from = Membership;
        // Outside of a generation there are no heartbeats: the join itself shows that the member is alive.
        Volatile.Write(ref _membership, from.OutOfGeneration());
        IReadOnlyList<TopicPartition> owned = _isCooperative ? Owned() : _lastOwned;
        _joinStop?.Dispose();
        _joinStop = new CancellationTokenSource();
        _joining = JoinAsync(from, topics, owned, _joinStop.Token);
        _ = _joining.ContinueWith(
            static (_, session) => ((GroupSession)session!)._wake(), this, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task<JoinedGeneration> JoinAsync(
        Membership from, string[] topics, IReadOnlyList<TopicPartition> owned, CancellationToken cancellation)
    {
        JoinedGeneration joined = await _join.JoinAsync(
            from, topics, owned, membership => Volatile.Write(ref _membership, membership), cancellation).ConfigureAwait(false);
        Volatile.Write(ref _membership, joined.Membership);
        return joined;
    }

    private async ValueTask AdoptAsync(Task<JoinedGeneration> joining, CancellationToken cancellation)
    {
        _joining = null;
        JoinedGeneration joined = await joining.ConfigureAwait(false);
        TopicPartition[] before = Owned();
        TopicPartition[] revoked = [.. before.Except(joined.Partitions)];
        TopicPartition[] added = [.. joined.Partitions.Except(before)];
        if (revoked.Length > 0)
        {
            await CommitFinallyAsync(cancellation).ConfigureAwait(false);
            await GiveUpAsync(partition => revoked.Contains(partition), cancellation).ConfigureAwait(false);
            // Only now may others have them: the next rebalance hands them on.
            Volatile.Write(ref _needsJoin, 1);
        }

        _assignment.Replace(joined.Partitions);
        _lastOwned = [.. joined.Partitions];
        _watch = LeaderWatch.Of(_joinedWith, joined.AssignedBy);
        _subscription!.Track(_cluster);
        foreach (string topic in joined.Partitions.Select(static partition => partition.Topic).Distinct()) _cluster.Track(topic);
        await _listener.AssignedAsync(added, cancellation).ConfigureAwait(false);
        _wake();
    }

    private async ValueTask LoseAsync(CancellationToken cancellation)
    {
        if (_joining is { IsCompleted: true }) _joining = null;
        TopicPartition[] lost = Owned();
        _assignment.Replace([]);
        _lastOwned = [];
        Volatile.Write(ref _needsJoin, 1);
        await _listener.LostAsync(lost, cancellation).ConfigureAwait(false);
    }

    private ValueTask GiveUpAllAsync(CancellationToken cancellation) => GiveUpAsync(static _ => true, cancellation);

    private async ValueTask GiveUpAsync(Func<TopicPartition, bool> isGivenUp, CancellationToken cancellation)
    {
        TopicPartition[] owned = Owned();
        TopicPartition[] revoked = [.. owned.Where(isGivenUp)];
        if (revoked.Length == 0) return;
        await _listener.RevokedAsync(revoked, cancellation).ConfigureAwait(false);
        _assignment.Replace(owned.Except(revoked));
    }

    private async ValueTask CommitFinallyAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(_options.RequestTimeout, _options.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await _autoCommit.CommitNowAsync(Membership, either.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ConsumeException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            // The group has gone on, or the coordinator is away: whoever reads the partitions next repeats what was not committed.
        }
    }

    private async ValueTask EndJoinAsync()
    {
        if (_joinStop is not null) await _joinStop.CancelAsync().ConfigureAwait(false);
        if (_joining is not null) await ((Task)_joining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _joining = null;
    }

    private bool IsPollOverdue() => _options.Time.GetElapsedTime(Volatile.Read(ref _polledAt)) > _options.MaxPollInterval;

    // What was said of a place that the member no longer has is old.
    private void Take(Membership about, GroupNews news)
    {
        if (Membership != about) return;
        switch (news)
        {
            case GroupNews.Rebalance:
                Volatile.Write(ref _needsJoin, 1);
                break;
            case GroupNews.Lost:
                Volatile.Write(ref _membership, Membership.None);
                Volatile.Write(ref _isLost, 1);
                break;
            case GroupNews.Fenced:
                Volatile.Write(ref _membership, Membership.None);
                Volatile.Write(ref _isFenced, 1);
                break;
        }

        _wake();
    }

    private TopicPartition[] Owned() => [.. _assignment.Partitions.Select(static state => state.Partition)];
}
