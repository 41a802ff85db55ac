using System.Text;
using PerfLog.Records;

namespace PerfLog.Testing.Storage;

/// <summary>Batches as a validated produce request brings them.</summary>
public static class TestBatch
{
    private const int BytesMax = 8 * 1024 * 1024;

    /// <summary>A batch of so many records with values of so many bytes, all of one time.</summary>
    public static Memory<byte> Of(int records, long timestampMs = 1_000, int valueBytes = 10, BatchProperties? properties = null)
    {
        using RecordBatchBuilder builder = new(BytesMax);
        builder.Begin(properties ?? new BatchProperties());
        byte[] value = new byte[valueBytes];
        for (int i = 0; i < records; i++)
        {
            value.AsSpan().Fill((byte)(timestampMs + i));
            builder.TryAppend(new TimestampMs(timestampMs), Encoding.UTF8.GetBytes($"key-{i}"), value);
        }

        return builder.Build().ToArray();
    }

    /// <summary>A batch of one record for each of the times.</summary>
    public static Memory<byte> WithTimes(CompressionCodec codec, params long[] timestampsMs)
    {
        using RecordBatchBuilder builder = new(BytesMax);
        builder.Begin(new BatchProperties { Codec = codec });
        foreach (long timestamp in timestampsMs) builder.TryAppend(new TimestampMs(timestamp), OptionalBytes.Null, "value"u8);
        return builder.Build().ToArray();
    }

    /// <summary>A batch of an idempotent producer.</summary>
    public static Memory<byte> From(
        long producerId, short epoch, int sequence, int records = 1, bool isTransactional = false, long timestampMs = 1_000) =>
        Of(records, timestampMs, 10, new BatchProperties
        {
            ProducerId = new ProducerId(producerId),
            ProducerEpoch = epoch,
            BaseSequence = sequence,
            IsTransactional = isTransactional,
        });

    /// <summary>The marker that ends a transaction.</summary>
    public static Memory<byte> Marker(long producerId, short epoch, bool isCommit, int coordinatorEpoch = 0, long timestampMs = 1_000)
    {
        byte[] batch = new byte[TransactionMarker.BatchBytes];
        TransactionMarker marker = new(new ProducerId(producerId), epoch, isCommit, coordinatorEpoch);
        marker.Write(batch, Offset.Zero, new TimestampMs(timestampMs), LeaderEpoch.None);
        return batch;
    }

    /// <summary>Numbers a batch as a leader does before its followers get it.</summary>
    public static Memory<byte> Numbered(Memory<byte> batch, long offset, int epoch)
    {
        RecordBatchFields.AssignOffset(batch.Span, new Offset(offset), new LeaderEpoch(epoch));
        return batch;
    }
}
