namespace PerfLog.Broker.Handlers;

/// <summary>The topics that belong to the cluster itself: clients see them but write to them only through it.</summary>
internal static class InternalTopics
{
    /// <summary>The one client id that may write to internal topics.</summary>
    public const string AdminClientId = "__admin_client";

    public static bool Contains(string topic) => topic is "__consumer_offsets" or "__transaction_state" or "__share_group_state";
}
