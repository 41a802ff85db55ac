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

    /// <summary>
    /// The time that all records report, for topics whose broker stamps them; null for the records' own times.
    /// </summary>
    public TimestampMs? LogAppendTime { get; init; }
}
