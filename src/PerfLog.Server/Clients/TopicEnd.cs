using PerfLog.Client.Consuming;

namespace PerfLog.Server.Clients;

/// <summary>Whether a consumer has read all that there was, for commands that stop there.</summary>
internal static class TopicEnd
{
    /// <param name="consumer">The consumer.</param>
    /// <param name="ends">The ends of the partitions that it may have.</param>
    /// <param name="cancellation">Ends the asking for a position.</param>
    /// <returns>False while it has no partitions.</returns>
    public static async ValueTask<bool> IsReachedAsync<TKey, TValue>(
        Consumer<TKey, TValue> consumer, IReadOnlyDictionary<TopicPartition, Offset> ends, CancellationToken cancellation)
    {
        if (consumer.Assignment.Count == 0) return false;
        foreach (TopicPartition partition in consumer.Assignment)
        {
            // A topic that was made since is not among those that there were.
            if (ends.TryGetValue(partition, out Offset end) && await consumer.PositionAsync(partition, cancellation) < end) return false;
        }

        return true;
    }
}
