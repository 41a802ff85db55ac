namespace PerfLog.Broker.Groups;

/// <summary>Where a group stands in a partition: the next record that it wants.</summary>
/// <param name="Offset">The next record's offset, as the client committed it.</param>
/// <param name="LeaderEpoch">The epoch of the last record consumed; none when the client did not say.</param>
/// <param name="Metadata">The client's note; null for an offset that was removed while others were being written.</param>
/// <param name="CommittedAt">When it was committed.</param>
/// <param name="ExpiresAt">The time of its end that an old client asked for; none for the broker's rule.</param>
/// <param name="WrittenAt">Where its record is in the offsets' topic: of two commits the later record holds.</param>
internal readonly record struct CommittedOffset(
    Offset Offset,
    LeaderEpoch LeaderEpoch,
    string? Metadata,
    TimestampMs CommittedAt,
    TimestampMs ExpiresAt,
    Offset WrittenAt)
{
    public bool IsRemoved => Metadata is null;

    /// <summary>Stands for a removal until no older commit can come in after it.</summary>
    public static CommittedOffset Removed(Offset writtenAt) =>
        new(Offset.None, LeaderEpoch.None, null, TimestampMs.None, TimestampMs.None, writtenAt);
}
