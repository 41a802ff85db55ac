using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;

namespace PerfLog.Client.Groups;

/// <summary>
/// A member by the classic protocol. The polling thread steps through it: it gives up partitions before a rebalance, starts the
/// join, which goes on beside it, and takes over what came of it. Heartbeats report from a loop of their own.
/// </summary>
internal sealed class ClassicMember : IGroupMember
{
    private readonly ConsumerOptions _options;
    private readonly ClusterClient _cluster;
    private readonly GroupHoldings _holdings;
    private readonly Func<bool> _isPollOverdue;
    private readonly Action _wake;
    private readonly CoordinatorLink _coordinator;
    private readonly GroupJoin _join;
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

    /// <param name="options">The group's name, and how it works.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="coordinator">The way to the group.</param>
    /// <param name="holdings">What the group has given.</param>
    /// <param name="isPollOverdue">Whether the user has not polled for too long.</param>
    /// <param name="wake">Ends a wait of the polling thread.</param>
    public ClassicMember(
        ConsumerOptions options, ClusterClient cluster, CoordinatorLink coordinator, GroupHoldings holdings, Func<bool> isPollOverdue, Action wake)
    {
        (_options, _cluster, _coordinator, _holdings) = (options, cluster, coordinator, holdings);
        (_isPollOverdue, _wake) = (isPollOverdue, wake);
        _join = new GroupJoin(options, cluster, _coordinator);
        // Members that can only give up everything at once set the pace for all.
        _isCooperative = options.Assignors.All(static assignor => assignor.IsCooperative);
    }

    public Membership Membership => Volatile.Read(ref _membership);

    public Membership Asking => Membership.None;

    public bool NeedsStep =>
        Volatile.Read(ref _needsJoin) != 0 || Volatile.Read(ref _isLost) != 0 || Volatile.Read(ref _isFenced) != 0
        || _joining is not null || (_subscription is not null && _watch is { } watch && watch.Snapshot != _cluster.Current);

    public void Subscribe(Subscription subscription)
    {
        _subscription = subscription;
        Volatile.Write(ref _needsJoin, 1);
        _heartbeats ??= new Heartbeats(_options, _coordinator, () => Membership, _isPollOverdue, Take);
    }

    public async ValueTask StepAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _isFenced) != 0)
        {
            throw new ConsumeException(
                ErrorCode.FencedInstanceId, $"group {_options.GroupId}", $"another consumer has taken the name {_options.GroupInstanceId}");
        }

        if (Interlocked.Exchange(ref _isLost, 0) != 0) await LoseAsync(cancellation).ConfigureAwait(false);
        if (_joining is { IsCompleted: true } joined) await AdoptAsync(joined, cancellation).ConfigureAwait(false);
        if (_subscription is not null && _joining is null && WantsJoin()) await BeginJoinAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask StopAsync()
    {
        if (_joinStop is not null) await _joinStop.CancelAsync().ConfigureAwait(false);
        if (_joining is not null) await ((Task)_joining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _joining = null;
        if (_heartbeats is not null) await _heartbeats.DisposeAsync().ConfigureAwait(false);
        _heartbeats = null;
    }

    public async ValueTask LeaveAsync(CancellationToken cancellation)
    {
        _subscription = null;
        Membership leaving = Membership;
        Volatile.Write(ref _membership, Membership.None);
        await GroupDeparture.LeaveAsync(_options, _coordinator, leaving, "the consumer was closed", cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _joinStop?.Dispose();
    }

    private bool WantsJoin()
    {
        if (_watch is { } watch && watch.Snapshot != _cluster.Current)
        {
            if (watch.HasChanged(_subscription!, _cluster.Current)) Volatile.Write(ref _needsJoin, 1);
            else _watch = watch with { Snapshot = _cluster.Current };
        }

        return Volatile.Read(ref _needsJoin) != 0;
    }

    private async ValueTask BeginJoinAsync(CancellationToken cancellation)
    {
        await _holdings.CommitAsync(Membership, cancellation).ConfigureAwait(false);
        string[] topics = _subscription!.Topics(_cluster.Current);
        if (_isCooperative) await _holdings.GiveUpAsync(partition => !topics.Contains(partition.Topic), cancellation).ConfigureAwait(false);
        else await _holdings.GiveUpAllAsync(cancellation).ConfigureAwait(false);
        _joinedWith = topics;

        // Only now: a poll that is cancelled above leaves it to the next one to join.
        Volatile.Write(ref _needsJoin, 0);
        Membership from = Membership;
        // Outside of a generation there are no heartbeats: the join itself shows that the member is alive.
        Volatile.Write(ref _membership, from.OutOfGeneration());
        IReadOnlyList<TopicPartition> owned = _isCooperative ? _holdings.Owned() : _lastOwned;
        _joinStop?.Dispose();
        _joinStop = new CancellationTokenSource();
        _joining = JoinAsync(from, topics, owned, _joinStop.Token);
        _ = _joining.ContinueWith(
            static (_, member) => ((ClassicMember)member!)._wake(), this, CancellationToken.None,
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
        if (!joining.IsCompletedSuccessfully)
        {
            // The next poll tries again: what was refused may be granted by then, and a silent consumer helps nobody.
            _joining = null;
            Volatile.Write(ref _needsJoin, 1);
        }

        JoinedGeneration joined = await joining.ConfigureAwait(false);
        TopicPartition[] before = _holdings.Owned();
        TopicPartition[] revoked = [.. before.Except(joined.Partitions)];
        if (revoked.Length > 0)
        {
            await _holdings.CommitAsync(Membership, cancellation).ConfigureAwait(false);
            await _holdings.GiveUpAsync(partition => revoked.Contains(partition), cancellation).ConfigureAwait(false);
            // Only now may others have them: the next rebalance hands them on.
            Volatile.Write(ref _needsJoin, 1);
        }

        // Only now: a poll that is cancelled above leaves it to the next one to take over the rest.
        _joining = null;
        _lastOwned = [.. joined.Partitions];
        _watch = LeaderWatch.Of(_joinedWith, joined.AssignedBy);
        _subscription!.Track(_cluster);
        foreach (string topic in joined.Partitions.Select(static partition => partition.Topic).Distinct()) _cluster.Track(topic);
        await _holdings.TakeAsync(joined.Partitions, before, cancellation).ConfigureAwait(false);
        _wake();
    }

    private async ValueTask LoseAsync(CancellationToken cancellation)
    {
        if (_joining is { IsCompleted: true }) _joining = null;
        _lastOwned = [];
        Volatile.Write(ref _needsJoin, 1);
        await _holdings.LoseAllAsync(cancellation).ConfigureAwait(false);
    }

    // What was said of a place that the member no longer has is old.
    private void Take(Membership about, GroupNews news)
    {
        if (Membership != about) return;
        switch (news)
        {
            case GroupNews.Rebalance:
                Volatile.Write(ref _needsJoin, 1);
                break;
            case GroupNews.LeftBehind:
                // Under another name it would be a second member, and the group would wait for the first.
                Volatile.Write(ref _membership, about.OutOfGeneration());
                Volatile.Write(ref _isLost, 1);
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
}
