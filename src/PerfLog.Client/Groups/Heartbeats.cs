using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Groups;

/// <summary>What a heartbeat found out.</summary>
internal enum GroupNews
{
    /// <summary>The group rebalances; the member should join again.</summary>
    Rebalance,

    /// <summary>The group has gone on to another generation without the member, whose name it still knows.</summary>
    LeftBehind,

    /// <summary>The group does not know the member any more.</summary>
    Lost,

    /// <summary>Another has taken the member's lasting name.</summary>
    Fenced,
}

/// <summary>Tells the coordinator, beside the polling thread, that the member is alive; and the member, what the group wants.</summary>
internal sealed class Heartbeats : IAsyncDisposable
{
    private const short Highest = 4;

    private readonly ConsumerOptions _options;
    private readonly CoordinatorLink _coordinator;
    private readonly Func<Membership> _membership;
    private readonly Func<bool> _isPollOverdue;
    private readonly Action<Membership, GroupNews> _news;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    /// <param name="options">How often, and how long without an answer.</param>
    /// <param name="coordinator">Whom to tell.</param>
    /// <param name="membership">The member's place at the moment.</param>
    /// <param name="isPollOverdue">Whether the member has not polled for too long, and so has to be taken for dead.</param>
    /// <param name="news">Is told what the coordinator answered about a place.</param>
    public Heartbeats(
        ConsumerOptions options,
        CoordinatorLink coordinator,
        Func<Membership> membership,
        Func<bool> isPollOverdue,
        Action<Membership, GroupNews> news)
    {
        (_options, _coordinator, _membership, _isPollOverdue, _news) = (options, coordinator, membership, isPollOverdue, news);
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.HeartbeatInterval, _options.Time, _stopping.Token).ConfigureAwait(false);
                Membership membership = _membership();
                if (membership.IsActive) await TryBeatAsync(membership).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The member leaves.
        }
    }

    private async Task TryBeatAsync(Membership membership)
    {
        try
        {
            using CancellationTokenSource session = new(_options.SessionTimeout, _options.Time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(session.Token, _stopping.Token);
            await BeatAsync(membership, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            // A coordinator that is silent for so long has given the member up, or is none any more: another may know better.
            _coordinator.Forget();
        }
        catch (ConsumeException)
        {
            // The cluster refuses to name a coordinator; the next join or commit tells the user so.
        }
    }

    private async Task BeatAsync(Membership membership, CancellationToken cancellation)
    {
        if (_isPollOverdue())
        {
            try
            {
                await GroupDeparture.LeaveAsync(_options, _coordinator, membership, "the consumer did not poll in time", cancellation)
                    .ConfigureAwait(false);
            }
            finally
            {
                // Whether the group hears of it or not: it takes the silence for the same.
                _news(membership, GroupNews.Lost);
            }

            return;
        }

        HeartbeatRequest request = new()
        {
            GroupId = _options.GroupId!,
            GenerationId = membership.Generation,
            MemberId = membership.MemberId,
            GroupInstanceId = _options.GroupInstanceId,
        };
        HeartbeatResponse? answer = await _coordinator.AskAsync<HeartbeatRequest, HeartbeatResponse>(
            LinkLane.Heartbeat, Highest, _ => request, cancellation).ConfigureAwait(false);
        switch (answer?.ErrorCode)
        {
            case ErrorCode.RebalanceInProgress:
                _news(membership, GroupNews.Rebalance);
                break;
            case ErrorCode.IllegalGeneration:
                _news(membership, GroupNews.LeftBehind);
                break;
            case ErrorCode.UnknownMemberId:
                _news(membership, GroupNews.Lost);
                break;
            case ErrorCode.FencedInstanceId:
                _news(membership, GroupNews.Fenced);
                break;
            case { } error:
                _coordinator.MayPass(error);
                break;
        }
    }
}

/// <summary>Tells a group that a member goes.</summary>
internal static class GroupDeparture
{
    private const short Highest = 5;
    private const short FirstWithMembers = 3;

    /// <summary>Leaves, unless the member has a lasting name: then its partitions wait for its return.</summary>
    public static async Task LeaveAsync(
        ConsumerOptions options, CoordinatorLink coordinator, Membership membership, string reason, CancellationToken cancellation)
    {
        if (options.GroupInstanceId is not null || membership.MemberId.Length == 0) return;
        await coordinator.AskAsync<LeaveGroupRequest, LeaveGroupResponse>(
            LinkLane.Group,
            Highest,
            version => version < FirstWithMembers
                ? new LeaveGroupRequest { GroupId = options.GroupId!, MemberId = membership.MemberId }
                : new LeaveGroupRequest
                {
                    GroupId = options.GroupId!, Members = [new() { MemberId = membership.MemberId, Reason = reason }],
                },
            cancellation).ConfigureAwait(false);
    }
}
