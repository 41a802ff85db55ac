using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;
using PerfLog.Threading;

namespace PerfLog.Client.Groups;

/// <summary>
/// The heartbeats of a member whose partitions the coordinator assigns: by them it joins, says what it wants and has, is told what
/// it shall have, and leaves. A loop of its own sends them, one at a time: as often as the coordinator says, and at once when
/// there is something else to say than was said last; but the pause after an error is kept. Owned by the <see cref="AssignedMember"/>, whose polling thread brings the news.
/// </summary>
internal sealed class MemberBeats : IAsyncDisposable
{
    private const short Highest = 1;
    private const short FirstWithPattern = 1;
    private const int LeaveEpoch = -1;
    private const int AwayEpoch = -2;
    private static readonly TimeSpan OverdueCheck = TimeSpan.FromMilliseconds(1);
    private const string OtherProtocol = "its coordinator does not know group.protocol=consumer; set group.protocol=classic";
    private static readonly string[] NoTopics = [];

    private readonly ConsumerOptions _options;
    private readonly CoordinatorLink _coordinator;
    private readonly string _memberId;
    private readonly Func<TimeSpan> _untilOverdue;
    private readonly IBeatNews _news;
    private readonly AsyncSignal _due = new();
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private MemberWord _word = MemberWord.Nothing;
    private MemberWord? _said;
    private MemberWord? _saying;
    private Membership _membership = Membership.None;
    private int _isWanted;
    private int _isTimeUp;
    private bool _isKnown;

    /// <param name="options">The group, and how long a poll may take.</param>
    /// <param name="coordinator">Whom to tell.</param>
    /// <param name="memberId">The member's own name.</param>
    /// <param name="untilOverdue">How long the user may go without polling from now on.</param>
    /// <param name="news">Is told what the coordinator answers, on the loop's thread.</param>
    public MemberBeats(
        ConsumerOptions options, CoordinatorLink coordinator, string memberId, Func<TimeSpan> untilOverdue, IBeatNews news)
    {
        (_options, _coordinator, _memberId, _untilOverdue, _news) = (options, coordinator, memberId, untilOverdue, news);
        _timer = options.Time.CreateTimer(
            static beats => ((MemberBeats)beats!).TimeIsUp(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _running = RunAsync();
    }

    /// <summary>The place in the group; none while the member joins.</summary>
    public Membership Membership => Volatile.Read(ref _membership);

    private string Subject => $"group {_options.GroupId}";

    /// <summary>Whether there is something to say before time; never after an error, which leaves nothing that was surely said.</summary>
    private bool HasNews
    {
        get
        {
            if (_said is not { } said) return false;
            MemberWord word = Volatile.Read(ref _word);
            return !ReferenceEquals(word.Owned, said.Owned)
                || (said.Pattern is null ? !ReferenceEquals(word.Topics, said.Topics) : word.Pattern != said.Pattern);
        }
    }

    /// <summary>Tells the coordinator this, now or when the member joins.</summary>
    public void Say(MemberWord word)
    {
        Volatile.Write(ref _word, word);
        _due.Set();
    }

    /// <summary>Joins, with what was said last; the member has nothing yet.</summary>
    public void Join()
    {
        Volatile.Write(ref _isWanted, 1);
        TimeIsUp();
    }

    /// <summary>Leaves, after the last beat; one with a lasting name for a while only.</summary>
    public async ValueTask LeaveAsync(CancellationToken cancellation)
    {
        Volatile.Write(ref _membership, Membership.None);
        if (!_isKnown) return;
        _isKnown = false;
        ConsumerGroupHeartbeatRequest request = new()
        {
            GroupId = _options.GroupId!,
            MemberId = _memberId,
            InstanceId = _options.GroupInstanceId,
            MemberEpoch = _options.GroupInstanceId is null ? LeaveEpoch : AwayEpoch,
        };
        await _coordinator.AskAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(
            LinkLane.Heartbeat, Highest, _ => request, cancellation).ConfigureAwait(false);
    }

    /// <summary>Ends the loop; the place in the group stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _due.Set();
        await _running.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    private void TimeIsUp()
    {
        Volatile.Write(ref _isTimeUp, 1);
        _due.Set();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await _due.WaitAsync().ConfigureAwait(false);
            if (_stopping.IsCancellationRequested) return;
            if (Volatile.Read(ref _isWanted) == 0) continue;
            if (Interlocked.Exchange(ref _isTimeUp, 0) == 0 && !HasNews) continue;
            TimeSpan pause;
            try
            {
                pause = await BeatAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                pause = Fail(failure is UnsupportedApiException
                    ? new ConsumeException(ErrorCode.UnsupportedVersion, Subject, OtherProtocol, failure)
                    : failure);
            }

            _timer.Change(pause, Timeout.InfiniteTimeSpan);
        }
    }

    /// <returns>How long to wait for the next beat.</returns>
    private async ValueTask<TimeSpan> BeatAsync()
    {
        if (_untilOverdue() <= TimeSpan.Zero)
        {
            await LeaveAsync(_stopping.Token).ConfigureAwait(false);
            return Lose();
        }

        _isKnown = true;
        ConsumerGroupHeartbeatResponse? answer = await _coordinator.AskAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(
            LinkLane.Heartbeat, Highest, Request, _stopping.Token).ConfigureAwait(false);
        ErrorCode error = answer?.ErrorCode ?? ErrorCode.CoordinatorNotAvailable;
        if (error == ErrorCode.None) return Take(answer!);

        // Whether the coordinator heard it is not sure: the next beat says all anew.
        _said = null;
        bool isJoin = !_membership.IsActive;
        return error switch
        {
            ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch when isJoin => _options.RetryBackoff,
            ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch => Lose(),
            _ when _coordinator.MayPass(error) => _options.RetryBackoff,
            ErrorCode.FencedInstanceId => Refused(error, $"another consumer has taken the name {_options.GroupInstanceId}"),
            ErrorCode.UnsupportedVersion => Refused(error, OtherProtocol),
            ErrorCode.UnreleasedInstanceId => Refused(error, $"the name {_options.GroupInstanceId} is that of a member that has not left"),
            _ => Refused(error, answer?.ErrorMessage ?? "the coordinator does not take this member"),
        };
    }

    private TimeSpan Take(ConsumerGroupHeartbeatResponse answer)
    {
        _said = _saying;
        if (answer.MemberEpoch != _membership.Generation) Volatile.Write(ref _membership, new Membership(_memberId, answer.MemberEpoch));
        if (answer.Assignment is { } assignment)
        {
            _news.Assigned([.. assignment.TopicPartitions.SelectMany(static topic =>
                topic.Partitions.Select(partition => new TopicIdPartition(topic.TopicId, partition)))]);
        }

        TimeSpan interval = TimeSpan.FromMilliseconds(Math.Max(answer.HeartbeatIntervalMs, 1));
        TimeSpan overdue = _untilOverdue() + OverdueCheck;
        return interval < overdue ? interval : overdue > OverdueCheck ? overdue : OverdueCheck;
    }

    private TimeSpan Lose()
    {
        GiveUpPlace();
        _news.Lost();
        return Timeout.InfiniteTimeSpan;
    }

    private TimeSpan Refused(ErrorCode error, string reason) => Fail(new ConsumeException(error, Subject, reason));

    private TimeSpan Fail(Exception failure)
    {
        GiveUpPlace();
        _news.Failed(failure);
        return Timeout.InfiniteTimeSpan;
    }

    private void GiveUpPlace()
    {
        // The order matters: who hears of it may ask at once to join again.
        Volatile.Write(ref _isWanted, 0);
        _said = null;
        Volatile.Write(ref _membership, Membership.None);
    }

    private ConsumerGroupHeartbeatRequest Request(short version)
    {
        MemberWord word = Volatile.Read(ref _word);
        bool isJoin = !_membership.IsActive;
        string? pattern = version >= FirstWithPattern ? word.Pattern : null;
        _saying = word with { Topics = pattern is null ? word.Topics : NoTopics, Pattern = pattern };
        ConsumerGroupHeartbeatRequest request = new()
        {
            GroupId = _options.GroupId!,
            MemberId = _memberId,
            InstanceId = _options.GroupInstanceId,
            MemberEpoch = isJoin ? 0 : _membership.Generation,
        };
        bool isWhole = isJoin || _said is null;
        if (isWhole)
        {
            request.RebalanceTimeoutMs = (int)_options.MaxPollInterval.TotalMilliseconds;
            request.RackId = _options.Rack.Length == 0 ? null : _options.Rack;
            request.ServerAssignor = _options.GroupRemoteAssignor;
        }

        if (isWhole || !ReferenceEquals(_saying.Topics, _said!.Topics) || _saying.Pattern != _said.Pattern)
        {
            request.SubscribedTopicNames = [.. _saying.Topics];

            // Empty takes back what was said before, which nothing was when the member joins.
            request.SubscribedTopicRegex = pattern ?? (isJoin || version < FirstWithPattern ? null : "");
        }

        if (isJoin) request.TopicPartitions = [];
        else if (isWhole || !ReferenceEquals(_saying.Owned, _said!.Owned)) request.TopicPartitions = Owned(_saying.Owned);
        return request;
    }

    private static List<ConsumerGroupHeartbeatRequest.OwnedTopicPartitions> Owned(TopicIdPartition[] owned) =>
        [.. owned.GroupBy(static partition => partition.Topic).Select(static topic => new ConsumerGroupHeartbeatRequest.OwnedTopicPartitions
        {
            TopicId = topic.Key, Partitions = [.. topic.Select(static partition => partition.Partition)],
        })];
}

/// <summary>Hears what the coordinator answers to heartbeats, on the thread of their loop.</summary>
internal interface IBeatNews
{
    /// <summary>The member shall have exactly these.</summary>
    void Assigned(TopicIdPartition[] partitions);

    /// <summary>The group has gone on without the member, which may join again with nothing in its hands.</summary>
    void Lost();

    /// <summary>The group does not take the member.</summary>
    void Failed(Exception failure);
}
