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

    /// <summary>Adds or replaces partitions; only the thread that applies metadata calls it.</summary>
    /// <param name="added">Those that are hosted here; null stands for one whose log could not be opened.</param>
    public void SetAll(ReadOnlySpan<Partition?> added)
    {
        int count = _partitions.Length;
        foreach (Partition? partition in added) count = Math.Max(count, partition is null ? 0 : partition.Id.Partition + 1);
        var partitions = new Partition?[count];
        _partitions.CopyTo(partitions, 0);
        foreach (Partition? partition in added)
        {
            if (partition is not null) partitions[partition.Id.Partition] = partition;
        }

        Volatile.Write(ref _partitions, partitions);
    }
}
