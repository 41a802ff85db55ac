namespace PerfLog.Records;

/// <summary>
/// What a batch's header says beside its records. A new one is an ordinary producer's: no codec, no producer id.
/// </summary>
public readonly record struct BatchProperties
{
    public BatchProperties()
    {
    }

    public CompressionCodec Codec { get; init; } = CompressionCodec.None;

    /// <summary>The first record's offset. A producer sends 0; the broker assigns the real one.</summary>
    public Offset BaseOffset { get; init; } = Offset.Zero;

    public LeaderEpoch PartitionLeaderEpoch { get; init; } = LeaderEpoch.None;

    public ProducerId ProducerId { get; init; } = ProducerId.None;

    public short ProducerEpoch { get; init; } = -1;

    public int BaseSequence { get; init; } = -1;

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
