namespace PerfLog.Client.Producing;

/// <summary>What the errors of a produce answer mean for a producer. All methods are pure.</summary>
internal static class ProduceErrors
{
    /// <summary>Whether sending the same again may succeed.</summary>
    public static bool MayPass(ErrorCode error) => MeansOtherLeader(error) || error is
        ErrorCode.CorruptMessage or ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicas
        or ErrorCode.NotEnoughReplicasAfterAppend or ErrorCode.CoordinatorLoadInProgress or ErrorCode.ConcurrentTransactions
        or ErrorCode.UnknownLeaderEpoch or ErrorCode.ThrottlingQuotaExceeded;

    /// <summary>Whether the client's picture of the cluster is out of date.</summary>
    public static bool MeansOtherLeader(ErrorCode error) => error is
        ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderOrFollower
        or ErrorCode.ReplicaNotAvailable or ErrorCode.NetworkException or ErrorCode.KafkaStorageError
        or ErrorCode.ListenerNotFound or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownTopicId
        or ErrorCode.InconsistentTopicId;
}
