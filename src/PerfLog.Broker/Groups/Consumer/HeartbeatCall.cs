namespace PerfLog.Broker.Groups;

/// <summary>One heartbeat of a member of a consumer group; by it members also join, leave and tell what they have.</summary>
internal sealed record HeartbeatCall
{
    public required string MemberId { get; init; }

    /// <summary>0 to join, -1 to leave, -2 to leave for a while; else the member's epoch.</summary>
    public required int Epoch { get; init; }

    public string? InstanceId { get; init; }

    /// <summary>Null when unchanged; so are the following.</summary>
    public string? RackId { get; init; }

    /// <summary>-1 when unchanged.</summary>
    public int RebalanceTimeoutMs { get; init; } = -1;

    /// <summary>Sorted, each once.</summary>
    public string[]? TopicNames { get; init; }

    /// <summary>Empty takes a former one back.</summary>
    public string? TopicRegex { get; init; }

    public string? ServerAssignor { get; init; }

    /// <summary>What the member has; null when it does not say.</summary>
    public PartitionSet? Owned { get; init; }

    public string ClientId { get; init; } = "";

    public string ClientHost { get; init; } = "";

    public bool IsLeave => Epoch < 0;

    /// <summary>The member says all there is to say, so it wants to be told all.</summary>
    public bool IsFull => Epoch == ConsumerMember.JoinEpoch
        || (RebalanceTimeoutMs >= 0 && (TopicNames is not null || TopicRegex is not null) && Owned is not null);
}

/// <summary>What a heartbeat is answered with.</summary>
/// <param name="Assignment">Null when it is as before.</param>
internal readonly record struct HeartbeatAnswer(
    ErrorCode Error, string? Message, string? MemberId, int Epoch, int HeartbeatIntervalMs, PartitionSet? Assignment)
{
    public static HeartbeatAnswer Failed(ErrorCode error, string message) => new(error, message, null, 0, 0, null);
}
