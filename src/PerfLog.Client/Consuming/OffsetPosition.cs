namespace PerfLog.Client.Consuming;

/// <summary>A place to read from, and the leader epoch under which what stands before it was written; none when not known.</summary>
internal readonly record struct OffsetPosition(Offset Offset, LeaderEpoch Epoch);

/// <summary>What a group remembers of a partition.</summary>
/// <param name="Offset">The next offset to read.</param>
/// <param name="Metadata">Words of the one who committed.</param>
/// <param name="LeaderEpoch">The epoch of the record before it; none when not known.</param>
public readonly record struct OffsetAndMetadata(Offset Offset, string Metadata, LeaderEpoch LeaderEpoch)
{
    /// <summary>An offset without words.</summary>
    public OffsetAndMetadata(Offset offset)
        : this(offset, "", LeaderEpoch.None)
    {
    }
}
