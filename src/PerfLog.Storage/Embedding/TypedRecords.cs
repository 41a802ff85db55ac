using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Records whose keys and values are types: strings, numbers, and what is marked <see cref="LogRecordAttribute"/>, each by the serde that
/// its type has (<see cref="Serdes.Of{T}"/>). Any thread may call it; nothing is allocated where the serde allocates nothing.
/// </summary>
public static class TypedRecords
{
    private const int BuffersKept = 16;

    private static readonly Reusables<GrowingBuffer> Buffers = new(static () => new GrowingBuffer(int.MaxValue), BuffersKept);

    /// <summary>Appends a record at the time of this moment; accepted when this returns.</summary>
    /// <param name="log">The log.</param>
    /// <param name="key">The key; null for none. <see cref="None"/> is the type of keys that there are none of.</param>
    /// <param name="value">The value; null marks the key as deleted where the log is compacted.</param>
    /// <returns>The record's offset.</returns>
    /// <exception cref="NotSupportedException">A type has no serde.</exception>
    /// <inheritdoc cref="RecordLog.Append(OptionalBytes, OptionalBytes)"/>
    public static Offset Append<TKey, TValue>(this RecordLog log, TKey key, TValue value)
    {
        GrowingBuffer keyBuffer = Buffers.Rent(), valueBuffer = Buffers.Rent();
        try
        {
            return log.Append(Bytes(keyBuffer, key), Bytes(valueBuffer, value));
        }
        finally
        {
            Buffers.GiveBack(keyBuffer);
            Buffers.GiveBack(valueBuffer);
        }
    }

    /// <summary>Appends a record and completes when it has come as far as asked for.</summary>
    /// <param name="log">The log.</param>
    /// <param name="key">The key; null for none. <see cref="None"/> is the type of keys that there are none of.</param>
    /// <param name="value">The value; null marks the key as deleted where the log is compacted.</param>
    /// <param name="acknowledgement">How far.</param>
    /// <param name="timestamp">The record's time; null for the time of this moment.</param>
    /// <param name="cancellation">Ends the waiting; the record is appended all the same.</param>
    /// <exception cref="NotSupportedException">A type has no serde.</exception>
    /// <inheritdoc cref="RecordLog.Append(OptionalBytes, OptionalBytes)"/>
    public static ValueTask<Offset> AppendAsync<TKey, TValue>(
        this RecordLog log,
        TKey key,
        TValue value,
        Acknowledgement acknowledgement,
        TimestampMs? timestamp = null,
        CancellationToken cancellation = default)
    {
        GrowingBuffer keyBuffer = Buffers.Rent(), valueBuffer = Buffers.Rent();
        try
        {
            // The bytes are in the log's own memory when the call returns, long before the task completes.
            return log.AppendAsync(Bytes(keyBuffer, key), Bytes(valueBuffer, value), acknowledgement, timestamp, cancellation: cancellation);
        }
        finally
        {
            Buffers.GiveBack(keyBuffer);
            Buffers.GiveBack(valueBuffer);
        }
    }

    /// <summary>The key; default when there is none.</summary>
    /// <exception cref="RecordTypeException">The bytes are no such key.</exception>
    public static TKey? KeyAs<TKey>(this in StoredRecord record) => Read<TKey>(record, "key", record.Key);

    /// <summary>The value; default when the record marks its key as deleted.</summary>
    /// <exception cref="RecordTypeException">The bytes are no such value.</exception>
    public static TValue? ValueAs<TValue>(this in StoredRecord record) => Read<TValue>(record, "value", record.Value);

    /// <summary>The value in place: nothing is copied, and the view ends with the record.</summary>
    /// <exception cref="RecordTypeException">The bytes are no such value.</exception>
    public static TView ValueView<TView>(this in RecordView record)
        where TView : IRecordView<TView>, allows ref struct
    {
        try
        {
            return TView.Over(record.Value.Span);
        }
        catch (FormatException fault)
        {
            throw new RecordTypeException(record.Offset, "value", fault);
        }
    }

    private static OptionalBytes Bytes<T>(GrowingBuffer buffer, T part)
    {
        if (part is null || typeof(T) == typeof(None)) return OptionalBytes.Null;
        buffer.Reset(int.MaxValue);
        Serdes.Of<T>().Serialize(part, buffer);
        return buffer.WrittenSpan;
    }

    private static T? Read<T>(in StoredRecord record, string part, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { } there) return default;
        try
        {
            return Serdes.Of<T>().Deserialize(there);
        }
        catch (FormatException fault)
        {
            throw new RecordTypeException(record.Offset, part, fault);
        }
    }
}
