namespace PerfLog.Client.Admin;

/// <summary>A topic to create.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">The number of partitions; -1 takes the cluster's default.</param>
/// <param name="ReplicationFactor">The number of replicas of each partition; -1 takes the cluster's default.</param>
public sealed record NewTopic(string Name, int Partitions = -1, short ReplicationFactor = -1)
{
    /// <summary>The configuration in which the topic differs from the cluster's defaults.</summary>
    public IReadOnlyDictionary<string, string> Configs { get; init; } = new Dictionary<string, string>();

    /// <summary>The brokers of each partition, the preferred leader first, in place of the two numbers; null lets the cluster choose.</summary>
    public IReadOnlyList<IReadOnlyList<BrokerId>>? Assignments { get; init; }
}

/// <summary>A topic that was created.</summary>
/// <param name="Id">Its id; zero from brokers that have none.</param>
/// <param name="Partitions">The number of partitions; -1 from brokers that do not tell.</param>
/// <param name="ReplicationFactor">The number of replicas of each partition; -1 from brokers that do not tell.</param>
public sealed record CreatedTopic(Uuid Id, int Partitions, short ReplicationFactor);

/// <summary>How far a topic is to grow.</summary>
/// <param name="Total">The number of partitions that it has then.</param>
public sealed record NewPartitions(int Total)
{
    /// <summary>The brokers of each partition that is added, the preferred leader first; null lets the cluster choose.</summary>
    public IReadOnlyList<IReadOnlyList<BrokerId>>? Assignments { get; init; }
}
