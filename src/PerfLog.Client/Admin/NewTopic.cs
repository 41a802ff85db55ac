namespace PerfLog.Client.Admin;

/// <summary>A topic to create.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">The number of partitions; -1 takes the cluster's default.</param>
/// <param name="ReplicationFactor">The number of replicas of each partition; -1 takes the cluster's default.</param>
public sealed record NewTopic(string Name, int Partitions = -1, short ReplicationFactor = -1)
{
    /// <summary>The configuration in which the topic differs from the cluster's defaults.</summary>
    public IReadOnlyDictionary<string, string> Configs { get; init; } = new Dictionary<string, string>();
}
