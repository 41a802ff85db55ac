using System.Buffers;
using PerfLog.Records;

namespace PerfLog.Client.Consuming;

/// <summary>Where one polled record lies. Numbers only; keys and values are read when they are asked for.</summary>
internal readonly struct RecordSlot(in RecordBounds bounds, int source, Offset offset, TimestampMs timestamp)
{
    public readonly Offset Offset = offset;
    public readonly TimestampMs Timestamp = timestamp;
    public readonly int Source = source;
    public readonly int KeyStart = bounds.KeyStart;
    public readonly int KeyLength = bounds.KeyLength;
    public readonly int ValueStart = bounds.ValueStart;
    public readonly int ValueLength = bounds.ValueLength;
    public readonly int HeadersStart = bounds.HeadersStart;
    public readonly int HeadersCount = bounds.HeadersCount;
    public readonly int End = bounds.End;
}

/// <summary>Bytes that polled records lie in, and the partition that they come from.</summary>
internal readonly record struct RecordSource(SharedBytes Bytes, TopicPartition Partition, LeaderEpoch Epoch, bool IsStampedByBroker);

/// <summary>The records of one poll. Used by the polling thread; used again when the poll's result was disposed.</summary>
internal sealed class RecordSlots : IDisposable
{
    private readonly List<RecordSource> _sources = [];
    private RecordSlot[] _slots = [];
    private TopicPartition _partition;

    public int Count { get; private set; }

    public ref readonly RecordSlot this[int index] => ref _slots[index];

    public RecordSource SourceOf(in RecordSlot slot) => _sources[slot.Source];

    /// <summary>Says from which partition the next sources come.</summary>
    public void From(TopicPartition partition) => _partition = partition;

    /// <returns>The source's number. The bytes are kept until <see cref="Clear"/>.</returns>
    public int AddSource(SharedBytes bytes, LeaderEpoch epoch, bool isStampedByBroker)
    {
        RecordSource source = new(bytes, _partition, epoch, isStampedByBroker);
        if (_sources.Count > 0 && _sources[^1] == source) return _sources.Count - 1;
        bytes.AddUser();
        _sources.Add(source);
        return _sources.Count - 1;
    }

    public void Add(in RecordBounds bounds, int source, Offset offset, TimestampMs timestamp)
    {
        if (Count == _slots.Length) Grow();
        _slots[Count++] = new RecordSlot(bounds, source, offset, timestamp);
    }

    /// <summary>Releases the bytes.</summary>
    public void Clear()
    {
        foreach (RecordSource source in _sources) source.Bytes.Dispose();
        _sources.Clear();
        Count = 0;
    }

    public void Dispose()
    {
        Clear();
        if (_slots.Length > 0) ArrayPool<RecordSlot>.Shared.Return(_slots);
        _slots = [];
    }

    private void Grow()
    {
        RecordSlot[] larger = ArrayPool<RecordSlot>.Shared.Rent(Math.Max(_slots.Length * 2, 64));
        _slots.AsSpan(0, Count).CopyTo(larger);
        if (_slots.Length > 0) ArrayPool<RecordSlot>.Shared.Return(_slots);
        _slots = larger;
    }
}
