using PerfLog.Records;

namespace PerfLog.Client.Producing;

/// <summary>A record whose parts are bytes already, borrowed for the length of a call.</summary>
internal readonly ref struct RecordBytes
{
    public OptionalBytes Key { get; init; }

    public OptionalBytes Value { get; init; }

    public ReadOnlySpan<RecordHeader> Headers { get; init; }

    /// <summary>The partition, or <see cref="PartitionChoice.Any"/>.</summary>
    public required int Partition { get; init; }

    /// <summary>The record's time; none for now.</summary>
    public required TimestampMs Timestamp { get; init; }

    /// <summary>More than the record takes in a batch of its own, the batch's header included.</summary>
    public long BatchBytesMax
    {
        get
        {
            const int FixedBytes = RecordBatchLayout.HeaderBytes + 32;
            long bytes = FixedBytes + (long)Key.Span.Length + Value.Span.Length;
            foreach (ref readonly RecordHeader header in Headers)
                bytes += 10 + (3L * header.Key.Length) + (header.Value?.Length ?? 0);
            return bytes;
        }
    }
}
