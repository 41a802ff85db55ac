namespace PerfLog.Records;

/// <summary>
/// What a batch's header says beside its records. A new one is an ordinary producer's: no codec, no producer id.
/// </summary>
public readonly record struct BatchProperties
{
    /// <summary>An ordinary producer's: take <c>new()</c>, not <c>default</c>.</summary>
    public BatchProperties()
    {
    }

    /// <summary>How the records are compressed.</summary>
    public CompressionCodec Codec { get; init; } = CompressionCodec.None;

    /// <summary>The first record's offset. A producer sends 0; the broker assigns the real one.</summary>
    public Offset BaseOffset { get; init; } = Offset.Zero;

    /// <summary>The leader's epoch. A producer sends none; the broker assigns the real one.</summary>
    public LeaderEpoch PartitionLeaderEpoch { get; init; } = LeaderEpoch.None;

    /// <summary>The idempotent producer; none for an ordinary one.</summary>
    public ProducerId ProducerId { get; init; } = ProducerId.None;

    /// <summary>The producer's epoch; -1 without a producer id.</summary>
    public short ProducerEpoch { get; init; } = -1;

    /// <summary>The first record's sequence; -1 without a producer id.</summary>
    public int BaseSequence { get; init; } = -1;

    /// <summary>Whether the records belong to a transaction of the producer.</summary>
    public bool IsTransactional { get; init; }

    /// <summary>The broker's own records, which consumers do not see.</summary>
    public bool IsControl { get; init; }

    /// <summary>
    /// When compaction may drop the batch's tombstones or marker. It takes the place of the base timestamp, from which
    /// the records' times are counted then; null in a batch that no compaction has looked at.
    /// </summary>
    public TimestampMs? DeleteHorizon { get; init; }

    /// <summary>
    /// The time that all records report, for topics whose broker stamps them; null for the records' own times.
    /// </summary>
    public TimestampMs? LogAppendTime { get; init; }
}
