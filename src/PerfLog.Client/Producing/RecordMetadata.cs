namespace PerfLog.Client.Producing;

/// <summary>Where a sent record came to stand.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">The offset; none when the broker was not asked to acknowledge (<c>acks=0</c>), or when it only said that
/// it has the record already.</param>
/// <param name="Timestamp">The record's time, or the broker's when the topic is stamped on arrival.</param>
public readonly record struct RecordMetadata(string Topic, int Partition, Offset Offset, TimestampMs Timestamp);
