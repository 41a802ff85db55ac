using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups.Consumer;

/// <summary>
/// A client as the protocol wants it: it takes up and gives up partitions as it is told, and says truly what it has. It may be
/// slow in giving up, and then takes up nothing new until it has.
/// </summary>
internal sealed class ScriptedMember(string id, string? instanceId = null)
{
    private PartitionSet _assigned = PartitionSet.Empty;
    private bool _wasAnswered = true;

    public string Id { get; } = id;

    public string? InstanceId { get; } = instanceId;

    public string[]? TopicNames { get; set; }

    public string? TopicRegex { get; set; }

    public string? Assignor { get; set; }

    public int RebalanceTimeoutMs { get; set; } = 30_000;

    public int Epoch { get; set; }

    public PartitionSet Owned { get; private set; } = PartitionSet.Empty;

    /// <summary>Gives up only when <see cref="Settle"/> is called.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Says that it gave up what it still has: what no client may do.</summary>
    public bool IsLiar { get; set; }

    public HeartbeatAnswer Last { get; private set; }

    public HeartbeatCall NextCall() => new()
    {
        MemberId = Id,
        InstanceId = InstanceId,
        Epoch = Epoch,
        RebalanceTimeoutMs = RebalanceTimeoutMs,
        TopicNames = TopicNames,
        TopicRegex = TopicRegex,
        ServerAssignor = Assignor,
        Owned = IsLiar ? Owned.Intersect(_assigned) : Owned,
    };

    /// <summary>A heartbeat that only says that the member lives.</summary>
    public HeartbeatCall IdleCall() => new() { MemberId = Id, InstanceId = InstanceId, Epoch = Epoch };

    public void Take(HeartbeatAnswer answer)
    {
        Last = answer;
        _wasAnswered = true;
        if (answer.Error is ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId) Reset();
        if (answer.Error != ErrorCode.None) return;
        Epoch = answer.Epoch;
        if (answer.Assignment is not null) _assigned = answer.Assignment;
        if (!IsSlow) Settle();
    }

    /// <summary>The answer was lost on its way.</summary>
    public void Miss() => _wasAnswered = false;

    public bool WasAnswered => _wasAnswered;

    /// <summary>First gives up, and at once takes up.</summary>
    public void Settle() => Owned = _assigned;

    /// <summary>Has lost all and must join anew.</summary>
    public void Reset()
    {
        Epoch = ConsumerMember.JoinEpoch;
        _assigned = PartitionSet.Empty;
        Owned = PartitionSet.Empty;
    }
}
