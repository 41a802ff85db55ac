using System.Text;
using PerfLog.Records;

namespace PerfLog.Testing.Storage;

/// <summary>Batches of records with keys, and what a log's batches say of keys.</summary>
public static class KeyedBatch
{
    private const int BytesMax = 1024 * 1024;

    /// <summary>A batch of these records; a null value is a tombstone.</summary>
    public static Memory<byte> Of(TimestampMs time, BatchProperties properties, params ReadOnlySpan<(string? Key, string? Value)> records)
    {
        using RecordBatchBuilder builder = new(BytesMax);
        builder.Begin(properties);
        foreach ((string? key, string? value) in records)
        {
            byte[]? keyBytes = key is null ? null : Encoding.UTF8.GetBytes(key);
            byte[]? valueBytes = value is null ? null : Encoding.UTF8.GetBytes(value);
            builder.TryAppend(time, keyBytes, valueBytes);
        }

        return builder.Build().ToArray();
    }

    /// <summary>A plain batch of these records.</summary>
    public static Memory<byte> Of(long timestampMs, params ReadOnlySpan<(string? Key, string? Value)> records) =>
        Of(new TimestampMs(timestampMs), new BatchProperties(), records);

    /// <summary>Every record that lies end to end in these bytes, with its batch's header fields that matter here.</summary>
    public static List<KeyedRecord> Read(ReadOnlySpan<byte> bytes)
    {
        List<KeyedRecord> found = [];
        using Buffers.GrowingBuffer scratch = new(BytesMax);
        RecordBatchReader batches = new(bytes);
        while (batches.MoveNext())
        {
            RecordBatchView batch = batches.Current;
            if (!RecordBatchReader.TryOpen(batch, scratch, BytesMax, out RecordEnumerator records, out string? fault))
                throw new InvalidOperationException(fault);
            while (records.MoveNext())
            {
                RecordView record = records.Current;
                found.Add(new KeyedRecord(
                    record.Offset.Value, TextOf(record.Key), TextOf(record.Value), record.Timestamp.Value, batch.IsControl, batch.ProducerId.Value));
            }

            if (records.Fault is not null) throw new InvalidOperationException(records.Fault);
        }

        if (batches.Fault is not null) throw new InvalidOperationException(batches.Fault);
        return found;
    }

    private static string? TextOf(OptionalBytes bytes) => bytes.IsNull ? null : Encoding.UTF8.GetString(bytes.Span);
}

/// <summary>A record as it was read.</summary>
public readonly record struct KeyedRecord(long Offset, string? Key, string? Value, long TimestampMs, bool IsControl, long ProducerId);
