using System.Runtime.ExceptionServices;
using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;

namespace PerfLog.Client.Groups;

/// <summary>
/// A member by the newer protocol, in which the coordinator assigns. The polling thread brings what the consumer has to what it
/// shall have: first it gives up, then it says so, then it takes what is new; the others go on reading meanwhile.
/// </summary>
internal sealed class AssignedMember : IGroupMember, IBeatNews
{
    private readonly ConsumerOptions _options;
    private readonly ClusterClient _cluster;
    private readonly CoordinatorLink _coordinator;
    private readonly GroupHoldings _holdings;
    private readonly Func<TimeSpan> _untilOverdue;
    private readonly Action _wake;
    private readonly string _memberId = Guid.NewGuid().ToString();
    private readonly Dictionary<TopicIdPartition, TopicPartition> _owned = [];
    private readonly ITimer _lookAgain;
    private MemberBeats? _beats;
    private Subscription? _subscription;
    private MemberWord _word = MemberWord.Nothing;
    private ClusterSnapshot? _lookedAt;
    private TopicIdPartition[]? _told;
    private TopicIdPartition[]? _adopted;
    private bool _hasUnnamed;
    private int _isLost;
    private Exception? _failure;

    /// <param name="options">The group's name, and how it works.</param>
    /// <param name="cluster">Knows the names of topics.</param>
    /// <param name="coordinator">The way to the group.</param>
    /// <param name="holdings">What the group has given.</param>
    /// <param name="untilOverdue">How long the user may go without polling from now on.</param>
    /// <param name="wake">Ends a wait of the polling thread.</param>
    public AssignedMember(
        ConsumerOptions options, ClusterClient cluster, CoordinatorLink coordinator, GroupHoldings holdings, Func<TimeSpan> untilOverdue, Action wake)
    {
        (_options, _cluster, _coordinator, _holdings) = (options, cluster, coordinator, holdings);
        (_untilOverdue, _wake) = (untilOverdue, wake);
        _lookAgain = options.Time.CreateTimer(
            static cluster => ((ClusterClient)cluster!).RefreshSoon(), cluster, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Membership Membership => Volatile.Read(ref _beats)?.Membership ?? Membership.None;

    public Membership Asking => Membership;

    public bool NeedsStep =>
        Volatile.Read(ref _isLost) != 0 || Volatile.Read(ref _failure) is not null || Volatile.Read(ref _told) != _adopted
        || (_lookedAt != _cluster.Current && (_hasUnnamed || _subscription is { IsPattern: true }));

    public void Subscribe(Subscription subscription)
    {
        _subscription = subscription;
        _word = new MemberWord(subscription.Topics(_cluster.Current), subscription.SharedPattern, _word.Owned);
        bool isNew = _beats is null;
        if (isNew) Volatile.Write(ref _beats, new MemberBeats(_options, _coordinator, _memberId, _untilOverdue, this));
        _beats!.Say(_word);
        if (isNew) _beats.Join();

        // Who was refused may be taken with another subscription; what it had is gone.
        else if (Interlocked.Exchange(ref _failure, null) is not null) Volatile.Write(ref _isLost, 1);
    }

    public async ValueTask StepAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _failure) is { } failure) ExceptionDispatchInfo.Throw(failure);
        if (Interlocked.Exchange(ref _isLost, 0) != 0) await LoseAsync(cancellation).ConfigureAwait(false);
        ClusterSnapshot now = _cluster.Current;
        if (_subscription is { IsPattern: true } && _lookedAt != now) FollowTopics(now);
        if (Volatile.Read(ref _told) is { } told && (told != _adopted || (_hasUnnamed && _lookedAt != now)))
            await ReconcileAsync(told, now, cancellation).ConfigureAwait(false);
        _lookedAt = now;
    }

    public ValueTask StopAsync() => _beats is null ? default : _beats.DisposeAsync();

    public async ValueTask LeaveAsync(CancellationToken cancellation)
    {
        MemberBeats? leaving = _beats;
        Volatile.Write(ref _beats, null);
        _subscription = null;
        _word = MemberWord.Nothing;
        _owned.Clear();
        (_told, _adopted, _isLost, _failure, _hasUnnamed) = (null, null, 0, null, false);
        if (leaving is not null) await leaving.LeaveAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _lookAgain.DisposeAsync().ConfigureAwait(false);
    }

    void IBeatNews.Assigned(TopicIdPartition[] partitions)
    {
        Volatile.Write(ref _told, partitions);
        _wake();
    }

    void IBeatNews.Lost()
    {
        Volatile.Write(ref _told, null);
        Volatile.Write(ref _isLost, 1);
        _wake();
    }

    void IBeatNews.Failed(Exception failure)
    {
        Volatile.Write(ref _told, null);
        Volatile.Write(ref _failure, failure);
        _wake();
    }

    private async ValueTask LoseAsync(CancellationToken cancellation)
    {
        _owned.Clear();
        _adopted = null;
        _word = _word with { Owned = [] };
        _beats!.Say(_word);
        try
        {
            await _holdings.LoseAllAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _beats.Join();
        }
    }

    private void FollowTopics(ClusterSnapshot now)
    {
        string[] topics = _subscription!.Topics(now);
        if (topics.AsSpan().SequenceEqual(_word.Topics)) return;
        _word = _word with { Topics = topics };
        _beats!.Say(_word);
    }

    private async ValueTask ReconcileAsync(TopicIdPartition[] told, ClusterSnapshot now, CancellationToken cancellation)
    {
        await GiveUpAsync([.. _owned.Keys.Except(told)], cancellation).ConfigureAwait(false);
        TopicIdPartition[] missing = [.. told.Except(_owned.Keys)];
        Dictionary<TopicIdPartition, TopicPartition> added = [];
        foreach (IGrouping<Uuid, TopicIdPartition> topic in missing.GroupBy(static partition => partition.Topic))
        {
            if (now.NameOf(topic.Key) is not { } name) continue;
            foreach (TopicIdPartition partition in topic) added.Add(partition, new TopicPartition(name, partition.Partition));
        }

        // The coordinator may know of a topic before whoever was asked for the metadata does.
        _hasUnnamed = added.Count < missing.Length;
        if (_hasUnnamed) _lookAgain.Change(_options.RetryBackoff, Timeout.InfiniteTimeSpan);
        _adopted = told;
        await AddAsync(added, cancellation).ConfigureAwait(false);
    }

    private async ValueTask GiveUpAsync(TopicIdPartition[] revoked, CancellationToken cancellation)
    {
        if (revoked.Length == 0) return;
        HashSet<TopicPartition> names = [.. revoked.Select(partition => _owned[partition])];
        await _holdings.CommitAsync(Membership, cancellation).ConfigureAwait(false);
        await _holdings.GiveUpAsync(names.Contains, cancellation).ConfigureAwait(false);
        foreach (TopicIdPartition partition in revoked) _owned.Remove(partition);
        Acknowledge();
    }

    private async ValueTask AddAsync(Dictionary<TopicIdPartition, TopicPartition> added, CancellationToken cancellation)
    {
        if (added.Count == 0) return;
        TopicPartition[] before = _holdings.Owned();
        foreach (var (partition, name) in added)
        {
            _owned.Add(partition, name);
            _cluster.Track(name.Topic);
        }

        Acknowledge();
        await _holdings.TakeAsync(_owned.Values, before, cancellation).ConfigureAwait(false);
        _wake();
    }

    private void Acknowledge()
    {
        _word = _word with { Owned = [.. _owned.Keys] };
        _beats!.Say(_word);
    }
}
