namespace PerfLog.Broker.Groups;

/// <summary>What a heartbeat must hold before any group is asked. Pure.</summary>
internal static class HeartbeatRules
{
    /// <summary>Why the request is refused; null when it may go on.</summary>
    public static string? Violation(string groupId, HeartbeatCall call)
    {
        if (groupId.Length == 0) return "A group id is needed.";
        if (call.MemberId.Length == 0) return "A member id is needed.";
        if (!Fits(groupId, call)) return $"A text is longer than {RecordText.BytesMax} bytes.";
        if (call.InstanceId?.Length == 0) return "An instance id cannot be empty.";
        if (call.RackId?.Length == 0) return "A rack id cannot be empty.";
        if (call.Epoch < ConsumerMember.AwayEpoch) return $"The member epoch {call.Epoch} means nothing.";
        if (call.Epoch == ConsumerMember.AwayEpoch && call.InstanceId is null) return "Only members with an instance id leave for a while.";
        return call.Epoch == ConsumerMember.JoinEpoch ? JoinViolation(call) : null;
    }

    /// <summary>All of these stand in records, whose texts have a limit that the request's do not have.</summary>
    private static bool Fits(string groupId, HeartbeatCall call) =>
        RecordText.Fits(groupId) && RecordText.Fits(call.MemberId) && RecordText.Fits(call.InstanceId) && RecordText.Fits(call.RackId)
        && RecordText.Fits(call.TopicRegex) && RecordText.Fits(call.ServerAssignor) && RecordText.Fits(call.ClientId)
        && (call.TopicNames is null || Array.TrueForAll(call.TopicNames, RecordText.Fits));

    private static string? JoinViolation(HeartbeatCall call)
    {
        if (call.RebalanceTimeoutMs < 0) return "Who joins says its rebalance timeout.";
        if (call.Owned is not { IsEmpty: true }) return "Who joins owns no partitions yet, and says so.";
        return call.TopicNames is null && call.TopicRegex is null ? "Who joins says what it subscribes to." : null;
    }
}
