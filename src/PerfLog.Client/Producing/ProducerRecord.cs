using PerfLog.Records;

namespace PerfLog.Client.Producing;

/// <summary>A record to send.</summary>
/// <param name="Topic">Where to.</param>
/// <param name="Key">Its key; null for none.</param>
/// <param name="Value">Its value; null for a tombstone.</param>
public readonly record struct ProducerRecord<TKey, TValue>(string Topic, TKey Key, TValue Value)
{
    /// <summary>The partition; null lets the partitioner choose.</summary>
    public int? Partition { get; init; }

    /// <summary>The record's time; null for now.</summary>
    public TimestampMs? Timestamp { get; init; }

    /// <summary>Its headers; borrowed until the record is accepted.</summary>
    public ReadOnlyMemory<RecordHeader> Headers { get; init; }
}
