using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;

namespace PerfLog.Client.Groups;

/// <summary>
/// A consumer's life in its group, whichever protocol the group speaks: its offsets, its commits and its membership. The polling
/// thread steps through it.
/// </summary>
internal sealed class GroupSession : IAsyncDisposable
{
    private readonly ConsumerOptions _options;
    private readonly ClusterClient _cluster;
    private readonly AutoCommit _autoCommit;
    private readonly GroupHoldings _holdings;
    private readonly IGroupMember _member;
    private Subscription? _subscription;
    private long _polledAt;

    /// <param name="options">The group's name, and how it works.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="assignment">Whom the group's partitions are assigned to.</param>
    /// <param name="listener">Calls the user's listener.</param>
    /// <param name="wake">Ends a wait of the polling thread.</param>
    public GroupSession(
        ConsumerOptions options, ClusterClient cluster, ConsumerAssignment assignment, ListenerCalls listener, Action wake)
    {
        (_options, _cluster) = (options, cluster);
        CoordinatorLink coordinator = new(options, cluster);
        Offsets = new GroupOffsets(options, coordinator, () => Membership, () => _member!.Asking);
        _autoCommit = new AutoCommit(options, assignment, Offsets);
        _holdings = new GroupHoldings(options, assignment, _autoCommit, listener);
        _polledAt = options.Time.GetTimestamp();
        _member = options.GroupProtocol == GroupProtocol.Consumer
            ? new AssignedMember(options, cluster, coordinator, _holdings, UntilOverdue, wake)
            : new ClassicMember(options, cluster, coordinator, _holdings, () => UntilOverdue() <= TimeSpan.Zero, wake);
    }

    public GroupOffsets Offsets { get; }

    public Membership Membership => _member.Membership;

    public bool IsSubscribed => _subscription is not null;

    public IReadOnlyList<string> Topics => _subscription?.Topics(_cluster.Current) ?? [];

    /// <summary>Whether a step has something to do; cheap, because each poll asks.</summary>
    public bool NeedsStep => _member.NeedsStep || _autoCommit.IsDue;

    /// <summary>Notes that the user polls.</summary>
    public void Polled() => Volatile.Write(ref _polledAt, _options.Time.GetTimestamp());

    /// <summary>Wants these topics from the next step on.</summary>
    public void Subscribe(Subscription subscription)
    {
        _subscription = subscription;
        subscription.Track(_cluster);
        _cluster.RefreshSoon();
        _member.Subscribe(subscription);
    }

    /// <summary>Does what is due. Called by the polling thread.</summary>
    /// <exception cref="ConsumeException">The group does not take this consumer.</exception>
    public async ValueTask StepAsync(CancellationToken cancellation)
    {
        await _member.StepAsync(cancellation).ConfigureAwait(false);
        _autoCommit.CommitIfDue(Membership);
    }

    /// <summary>Gives up the subscription, and leaves the group.</summary>
    public async ValueTask UnsubscribeAsync(CancellationToken cancellation)
    {
        await _member.StopAsync().ConfigureAwait(false);
        try
        {
            await _holdings.CommitAsync(Membership, cancellation).ConfigureAwait(false);
            if (IsSubscribed) await _holdings.GiveUpAllAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            // Cut short, it is unsubscribed all the same; a group that is not told notices the silence.
            _subscription = null;
            await _member.LeaveAsync(cancellation).ConfigureAwait(false);
        }
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
        await _member.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>How long the user may go without polling from now on.</summary>
    private TimeSpan UntilOverdue() => _options.MaxPollInterval - _options.Time.GetElapsedTime(Volatile.Read(ref _polledAt));
}
