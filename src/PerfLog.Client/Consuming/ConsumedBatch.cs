using PerfLog.Records;

namespace PerfLog.Client.Consuming;

/// <summary>
/// What one poll returned. Its records are views on pooled memory: dispose it when they are no longer looked at. Without
/// disposal nothing breaks, but the memory is left to the garbage collector.
/// </summary>
public sealed class ConsumedBatch<TKey, TValue> : IDisposable
{
    private readonly Action<ConsumedBatch<TKey, TValue>> _giveBack;
    private bool _inUse;

    internal ConsumedBatch(
        IDeserializer<TKey> keys, IDeserializer<TValue> values, Action<ConsumedBatch<TKey, TValue>> giveBack) =>
        (Keys, Values, _giveBack) = (keys, values, giveBack);

    /// <summary>How many records there are.</summary>
    public int Count => Slots.Count;

    /// <summary>The record at a place.</summary>
    public ConsumedRecord<TKey, TValue> this[int index]
    {
        get
        {
            ObjectDisposedException.ThrowIf(!_inUse, this);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return new ConsumedRecord<TKey, TValue>(this, index);
        }
    }

    internal RecordSlots Slots { get; } = new();

    internal IDeserializer<TKey> Keys { get; }

    internal IDeserializer<TValue> Values { get; }

    /// <summary>Walks the records: by partition, and in each by offset.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (!_inUse) return;
        _inUse = false;
        Slots.Clear();
        _giveBack(this);
    }

    internal void Use() => _inUse = true;

    internal T Deserialize<T>(IDeserializer<T> deserializer, int start, int length, in RecordSlot slot, string part)
    {
        RecordSource source = Slots.SourceOf(slot);
        if (length < 0) return default(T) is null || typeof(T) == typeof(None) || typeof(T) == typeof(ReadOnlyMemory<byte>)
            ? default!
            : throw new RecordFormatException(source.Partition, slot.Offset, part, $"it is null, and {typeof(T).Name} cannot be");
        try
        {
            return deserializer.Deserialize(source.Bytes.Memory.Slice(start, length));
        }
        catch (FormatException fault)
        {
            throw new RecordFormatException(source.Partition, slot.Offset, part, fault.Message, fault);
        }
    }

    /// <summary>Walks the records of a batch.</summary>
    public struct Enumerator
    {
        private readonly ConsumedBatch<TKey, TValue> _batch;
        private int _index;

        internal Enumerator(ConsumedBatch<TKey, TValue> batch)
        {
            _batch = batch;
            _index = -1;
        }

        /// <summary>The record that the last move came to.</summary>
        public readonly ConsumedRecord<TKey, TValue> Current => _batch[_index];

        /// <summary>Goes to the next record.</summary>
        public bool MoveNext() => ++_index < _batch.Count;
    }
}
