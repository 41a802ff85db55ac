using PerfLog.Broker.Configuration;
using PerfLog.Replication;

namespace PerfLog.Broker.Partitions;

/// <summary>A topic with those of its partitions that this broker hosts. Any thread reads it; metadata changes swap parts.</summary>
internal sealed class HostedTopic(string name, Uuid id, TopicSettings settings, int partitionCount)
{
    private TopicSettings _settings = settings;
    private Partition?[] _partitions = new Partition?[partitionCount];

    public string Name { get; } = name;

    public Uuid Id { get; } = id;

    /// <summary>The effective configuration; a change takes effect with the next request and housekeeping.</summary>
    public TopicSettings Settings
    {
        get => Volatile.Read(ref _settings);
        set => Volatile.Write(ref _settings, value);
    }

    /// <summary>By partition number; null where another broker hosts it or its log is offline.</summary>
    public ReadOnlySpan<Partition?> Partitions => Volatile.Read(ref _partitions);

    public Partition? Find(int partition)
    {
        Partition?[] partitions = Volatile.Read(ref _partitions);
        return (uint)partition < (uint)partitions.Length ? partitions[partition] : null;
    }

    /// <summary>Adds or replaces a partition; only the thread that applies metadata calls it.</summary>
    public void Set(int index, Partition partition)
    {
        Partition?[] partitions = _partitions;
        if (index >= partitions.Length) Array.Resize(ref partitions, index + 1);
        else partitions = [.. partitions];
        partitions[index] = partition;
        Volatile.Write(ref _partitions, partitions);
    }
}
