using System.Buffers.Binary;

namespace PerfLog.Storage.Doctor;

/// <summary>
/// Holds an offset index against its log's batches, which come in order. What counts is what searches rely on: each entry
/// is a batch's first byte, and all before it have lower offsets.
/// </summary>
internal sealed class OffsetIndexCheck(ReadOnlyMemory<byte> entries, Offset segmentBase)
{
    private int _next;
    private Offset _lastOffset = Offset.None;
    private long _lastEntry = -1;

    /// <summary>What is wrong with it; null so far.</summary>
    public string? Damage { get; private set; } =
        entries.Length % OffsetIndex.EntryBytes == 0 ? null : "it ends inside an entry";

    public void Batch(long position, Offset lastOffset)
    {
        while (Damage is null && TryPeek(out long entryOffset, out int entryPosition) && entryPosition <= position)
        {
            if (entryPosition < position) Damage = $"its entry {_next} points to byte {entryPosition}, where no batch starts";
            else if (entryOffset <= _lastOffset.Value) Damage = $"its entry {_next} says offset {entryOffset}, which lies before its byte";
            else if (entryOffset <= _lastEntry) Damage = $"its entry {_next} goes back";
            _lastEntry = entryOffset;
            _next++;
        }

        _lastOffset = lastOffset;
    }

    public void End(Offset nextOffset)
    {
        if (_lastEntry >= nextOffset.Value && _lastEntry >= 0) Damage ??= $"its entry {_next - 1} says offset {_lastEntry}, past the last batch";
        if (TryPeek(out _, out int position)) Damage ??= $"its entry {_next} points to byte {position}, past the last batch";
    }

    // The rest of an active index is space for more, in zeros. Only a first entry may be all zeros and yet mean something.
    private bool TryPeek(out long offset, out int position)
    {
        offset = position = 0;
        int at = _next * OffsetIndex.EntryBytes;
        if (at + OffsetIndex.EntryBytes > entries.Length) return false;
        ReadOnlySpan<byte> entry = entries.Span.Slice(at, OffsetIndex.EntryBytes);
        if (!entries.Span[at..].ContainsAnyExcept((byte)0)) return false;
        offset = segmentBase.Value + BinaryPrimitives.ReadInt32BigEndian(entry);
        position = BinaryPrimitives.ReadInt32BigEndian(entry[4..]);
        return true;
    }
}

/// <summary>Holds a time index against its log's batches: no batch up to an entry's offset is later than its time.</summary>
internal sealed class TimeIndexCheck(ReadOnlyMemory<byte> entries, Offset segmentBase)
{
    private int _next;
    private long _highest = -1;
    private long _lastTime = -1;

    /// <summary>What is wrong with it; null so far.</summary>
    public string? Damage { get; private set; } = entries.Length % TimeIndex.EntryBytes == 0 ? null : "it ends inside an entry";

    public void Batch(Offset lastOffset, TimestampMs maxTimestamp)
    {
        while (Damage is null && TryPeek(out long time, out long offset) && offset < lastOffset.Value) Take(time);
        _highest = Math.Max(_highest, maxTimestamp.Value);
    }

    public void End(Offset nextOffset)
    {
        while (Damage is null && TryPeek(out long time, out long offset))
        {
            if (offset >= nextOffset.Value) Damage = $"its entry {_next} says offset {offset}, past the last batch";
            else Take(time);
        }
    }

    private void Take(long time)
    {
        if (time <= _lastTime) Damage = $"its entry {_next} goes back in time";
        else if (time < _highest) Damage = $"its entry {_next} says {time}, but a record up to there has {_highest}";
        _lastTime = time;
        _next++;
    }

    private bool TryPeek(out long time, out long offset)
    {
        time = offset = 0;
        int at = _next * TimeIndex.EntryBytes;
        if (at + TimeIndex.EntryBytes > entries.Length || !entries.Span[at..].ContainsAnyExcept((byte)0)) return false;
        time = BinaryPrimitives.ReadInt64BigEndian(entries.Span[at..]);
        offset = segmentBase.Value + BinaryPrimitives.ReadInt32BigEndian(entries.Span[(at + 8)..]);
        return true;
    }
}
