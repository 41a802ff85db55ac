using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups;

/// <summary>
/// A consumer's side of the classic protocol, as a client library plays it: each step does the next thing that it would do.
/// It may stand still (as a paused process does) and start anew.
/// </summary>
internal sealed class SimulatedClient(string? instance, byte partitions)
{
    private Task<JoinAnswer>? _join;
    private Task<SyncAnswer>? _sync;

    public string MemberId { get; private set; } = "";

    public int Generation { get; private set; } = -1;

    /// <summary>What it works on; null while it has no assignment.</summary>
    public byte[]? Assigned { get; private set; }

    public bool IsPaused { get; set; }

    public string? Instance => instance;

    /// <summary>A newer client has its instance; it must not come back.</summary>
    public bool IsFenced { get; private set; }

    public bool IsWaiting => _join is not null || _sync is not null;

    public void Step(GroupSimulation simulation)
    {
        if (IsPaused || IsFenced) return;
        if (_join is not null) AfterJoin(simulation);
        else if (_sync is not null) AfterSync(simulation);
        else if (Assigned is null) _join = simulation.Join(this);
        else AfterHeartbeat(simulation.Heartbeat(this), simulation);
    }

    /// <summary>The process starts anew and knows nothing of before.</summary>
    public void Restart()
    {
        Forget();
        MemberId = "";
        IsFenced = false;
        IsPaused = false;
    }

    public void Leave(GroupSimulation simulation)
    {
        if (IsPaused || IsFenced || MemberId.Length == 0) return;
        simulation.Leave(this);
        Restart();
    }

    private void AfterJoin(GroupSimulation simulation)
    {
        if (!_join!.IsCompleted) return;
        JoinAnswer answer = _join.Result;
        _join = null;
        switch (answer.Error)
        {
            case ErrorCode.None:
                MemberId = answer.MemberId;
                Generation = answer.Generation;
                bool assigns = answer.Leader == answer.MemberId && !answer.SkipAssignment;
                _sync = simulation.Sync(this, assigns ? Assign(answer.Members) : []);
                break;
            case ErrorCode.MemberIdRequired:
                MemberId = answer.MemberId;
                _join = simulation.Join(this);
                break;
            default:
                AfterError(answer.Error);
                break;
        }
    }

    private void AfterSync(GroupSimulation simulation)
    {
        if (!_sync!.IsCompleted) return;
        SyncAnswer answer = _sync.Result;
        _sync = null;
        if (answer.Error != ErrorCode.None)
        {
            AfterError(answer.Error);
            return;
        }

        Assigned = answer.Assignment;

        // A static member that starts anew takes its own place over, in the same generation.
        simulation.Ledger.Note(simulation.Coordinator, Generation, instance ?? MemberId, Assigned);
    }

    private void AfterHeartbeat(ErrorCode error, GroupSimulation simulation)
    {
        if (error == ErrorCode.None) return;
        if (error == ErrorCode.RebalanceInProgress)
        {
            Assigned = null;
            _join = simulation.Join(this);
            return;
        }

        AfterError(error);
    }

    private void AfterError(ErrorCode error)
    {
        Forget();
        if (error is ErrorCode.UnknownMemberId) MemberId = "";
        if (error is ErrorCode.FencedInstanceId) IsFenced = true;
    }

    private void Forget()
    {
        _join = null;
        _sync = null;
        Assigned = null;
        Generation = -1;
    }

    private Dictionary<string, byte[]> Assign(IReadOnlyList<JoinedMember> members) => members
        .Select((member, index) => (member.MemberId, Mine: Enumerable.Range(0, partitions).Where(partition => partition % members.Count == index)))
        .ToDictionary(static one => one.MemberId, static one => one.Mine.Select(static partition => (byte)partition).ToArray());
}
