using PerfLog.Records;

namespace PerfLog.Client.Consuming;

/// <summary>
/// One polled record, a view on its batch's pooled memory: of no use once the batch is disposed. Key and value are
/// deserialized each time they are asked for.
/// </summary>
public readonly struct ConsumedRecord<TKey, TValue>
{
    private readonly ConsumedBatch<TKey, TValue> _batch;
    private readonly int _index;

    internal ConsumedRecord(ConsumedBatch<TKey, TValue> batch, int index) => (_batch, _index) = (batch, index);

    /// <summary>The topic.</summary>
    public string Topic => Source.Partition.Topic;

    /// <summary>Its partition.</summary>
    public int Partition => Source.Partition.Partition;

    /// <summary>Topic and partition.</summary>
    public TopicPartition TopicPartition => Source.Partition;

    /// <summary>The offset.</summary>
    public Offset Offset => Slot.Offset;

    /// <summary>The record's time, or the broker's when the topic is stamped on arrival.</summary>
    public TimestampMs Timestamp => Slot.Timestamp;

    /// <summary>Whether the time is the broker's, of the record's arrival, and not the producer's (<c>message.timestamp.type</c>).</summary>
    public bool IsLogAppendTime => Source.IsStampedByBroker;

    /// <summary>The epoch of the leader that took it; none when not known.</summary>
    public LeaderEpoch LeaderEpoch => Source.Epoch;

    /// <summary>The key; the type's default when there is none.</summary>
    /// <exception cref="RecordFormatException">It is not what the deserializer expects.</exception>
    public TKey Key => _batch.Deserialize(_batch.Keys, Slot.KeyStart, Slot.KeyLength, Slot, "key");

    /// <summary>The value; the type's default for a tombstone.</summary>
    /// <exception cref="RecordFormatException">It is not what the deserializer expects.</exception>
    public TValue Value => _batch.Deserialize(_batch.Values, Slot.ValueStart, Slot.ValueLength, Slot, "value");

    /// <summary>Whether there is a key.</summary>
    public bool HasKey => Slot.KeyLength >= 0;

    /// <summary>Whether there is a value; without one the record is a tombstone.</summary>
    public bool HasValue => Slot.ValueLength >= 0;

    /// <summary>The key's bytes; empty when there is none.</summary>
    public ReadOnlyMemory<byte> KeyBytes => Bytes(Slot.KeyStart, Slot.KeyLength);

    /// <summary>The value's bytes; empty when there is none.</summary>
    public ReadOnlyMemory<byte> ValueBytes => Bytes(Slot.ValueStart, Slot.ValueLength);

    /// <summary>How many headers there are.</summary>
    public int HeadersCount => Slot.HeadersCount;

    /// <summary>The headers, in place.</summary>
    public HeaderEnumerator Headers => new(Source.Bytes.Memory.Span[Slot.HeadersStart..Slot.End], Slot.HeadersCount);

    /// <summary>A view on the value: nothing is copied, and it is of no use once the batch is disposed.</summary>
    /// <exception cref="RecordFormatException">The value is no such record, or there is none.</exception>
    public TView ValueView<TView>()
        where TView : IRecordView<TView>, allows ref struct
    {
        try
        {
            return TView.Over(ValueBytes.Span);
        }
        catch (FormatException fault)
        {
            throw new RecordFormatException(Source.Partition, Slot.Offset, "value", fault.Message, fault);
        }
    }

    private ref readonly RecordSlot Slot => ref _batch.Slots[_index];

    private RecordSource Source => _batch.Slots.SourceOf(Slot);

    private ReadOnlyMemory<byte> Bytes(int start, int length) =>
        length < 0 ? ReadOnlyMemory<byte>.Empty : Source.Bytes.Memory.Slice(start, length);
}
