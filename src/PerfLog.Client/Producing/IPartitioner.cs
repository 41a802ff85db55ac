using PerfLog.Records;

namespace PerfLog.Client.Producing;

/// <summary>What a partitioner may look at. It lives for the length of one call.</summary>
public readonly ref struct PartitionChoice
{
    /// <summary>Stands for "no partition was asked for".</summary>
    internal const int Any = -1;

    /// <summary>The record's topic.</summary>
    public string Topic { get; init; }

    /// <summary>The serialized key; null when the record has none.</summary>
    public OptionalBytes Key { get; init; }

    /// <summary>The serialized value; null for a tombstone.</summary>
    public OptionalBytes Value { get; init; }

    /// <summary>How many partitions the topic has, those without a leader included.</summary>
    public int Partitions { get; init; }

    /// <summary>The partitions that have a leader at the moment; all of them when none has.</summary>
    public ReadOnlySpan<int> Available { get; init; }
}

/// <summary>
/// Chooses the partitions of one topic's records where the sender did not. Any thread that sends may call it, several at a
/// time.
/// </summary>
public interface IPartitioner
{
    /// <summary>The partition: 0 up to, not including, <see cref="PartitionChoice.Partitions"/>.</summary>
    int Choose(in PartitionChoice choice);
}
