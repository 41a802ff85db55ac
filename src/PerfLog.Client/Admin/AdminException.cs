namespace PerfLog.Client.Admin;

/// <summary>The cluster refused what it was asked. The message names the topic, resource or broker, and the reason.</summary>
public sealed class AdminException(ErrorCode error, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The protocol's error.</summary>
    public ErrorCode Error { get; } = error;

    /// <param name="error">What the broker answered.</param>
    /// <param name="subject">What the request was about, such as "topic orders".</param>
    /// <param name="reason">The broker's own words, when it sent any.</param>
    /// <param name="lost">The connection that broke under an earlier attempt, which may have done what this one was refused; null for none.</param>
    internal static AdminException Refused(ErrorCode error, string subject, string? reason = null, IOException? lost = null)
    {
        string why = string.IsNullOrEmpty(reason) ? Meaning(error) : reason;
        string before = lost is null ? "" : $"; the answer to an earlier attempt was lost: {lost.Message}";
        return new(error, $"{subject}: {why} ({error}){before}", lost);
    }

    internal static string Meaning(ErrorCode error) => error switch
    {
        ErrorCode.UnknownTopicOrPartition => "it does not exist",
        ErrorCode.TopicAlreadyExists => "it exists already",
        ErrorCode.InvalidTopicException => "the name is not allowed: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'",
        ErrorCode.InvalidPartitions => "the number of partitions is not allowed",
        ErrorCode.InvalidReplicationFactor => "the replication factor is not allowed; it can be at most the number of brokers",
        ErrorCode.InvalidConfig => "the configuration is not allowed",
        ErrorCode.TopicDeletionDisabled => "the cluster does not allow topics to be deleted (delete.topic.enable=false)",
        ErrorCode.OffsetOutOfRange => "the offset lies outside of the log",
        ErrorCode.NotController => "the cluster has no controller at the moment",
        ErrorCode.RequestTimedOut => "the cluster did not finish it in time",
        _ => "the broker refused it",
    };
}
