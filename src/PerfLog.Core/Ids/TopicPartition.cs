namespace PerfLog;

/// <summary>One partition of one topic.</summary>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    /// <summary>The name of the partition's folder and of the partition in messages: <c>topic-partition</c>.</summary>
    public override string ToString() => $"{Topic}-{Partition}";
}
