using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>One topic as the cluster's metadata has it. Immutable.</summary>
public sealed record TopicImage
{
    private static readonly ImmutableDictionary<string, string> NoConfig = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    public required string Name { get; init; }

    public required Uuid Id { get; init; }

    /// <summary>By partition number, without gaps.</summary>
    public required ImmutableArray<PartitionImage> Partitions { get; init; }

    /// <summary>The values set for this topic itself; everything else is the brokers' default.</summary>
    public ImmutableDictionary<string, string> Config { get; init; } = NoConfig;

    internal Zxid AssignmentZxid { get; init; }

    internal Zxid ConfigZxid { get; init; }

    /// <summary>The partition of that number, or null.</summary>
    public PartitionImage? Find(int partition) => (uint)partition < (uint)Partitions.Length ? Partitions[partition] : null;

    /// <summary>This topic, with the very partitions of a former read wherever nothing changed.</summary>
    internal TopicImage Sharing(TopicImage former)
    {
        if (Id != former.Id || AssignmentZxid != former.AssignmentZxid) return this;
        ImmutableArray<PartitionImage>.Builder shared = Partitions.ToBuilder();
        for (int partition = 0; partition < shared.Count; partition++)
        {
            if (shared[partition].StateZxid == former.Partitions[partition].StateZxid)
                shared[partition] = former.Partitions[partition];
        }

        return this with { Partitions = shared.ToImmutable() };
    }

    /// <summary>True when nothing changed between two reads of a topic.</summary>
    internal bool IsSameAs(TopicImage other)
    {
        if (Id != other.Id || AssignmentZxid != other.AssignmentZxid || ConfigZxid != other.ConfigZxid) return false;
        if (Partitions.Length != other.Partitions.Length) return false;
        for (int partition = 0; partition < Partitions.Length; partition++)
        {
            if (Partitions[partition].StateZxid != other.Partitions[partition].StateZxid) return false;
        }

        return true;
    }
}
