using System.Buffers.Binary;

namespace PerfLog.Storage;

/// <summary>
/// A segment's sparse map from time to offset. Owned by its segment; the log's writer appends, any thread searches.
/// <code>
/// at  size  field (big-endian)
///  0   8    timestamp
///  8   4    an offset, less the segment's base offset
/// </code>
/// An entry says: no record up to this offset is later than this timestamp. Both grow from entry to entry.
/// </summary>
internal sealed class TimeIndex(IStorageDevice device, string path, int capacityBytes, int count) : IDisposable
{
    public const int EntryBytes = 12;

    private readonly IndexFile _file = new(device, path, EntryBytes, capacityBytes, count);

    public int Count => _file.Count;

    /// <summary>One slot stays free for the entry that closes the segment.</summary>
    public bool IsFull => _file.Count >= _file.Capacity - 1;

    /// <summary>The last entry: the highest time so far; no timestamp when there is none.</summary>
    public (TimestampMs Timestamp, int RelativeOffset) Last => At(_file.Entries, _file.Count - 1);

    public (TimestampMs Timestamp, int RelativeOffset) At(int index) => At(_file.Entries, index);

    /// <summary>The offset below which no record is later than <paramref name="timestamp"/>.</summary>
    public int Floor(TimestampMs timestamp) => Floor(_file.Entries, timestamp);

    /// <summary>Notes a new highest time; one that is not higher adds nothing and is left out.</summary>
    /// <param name="timestamp">The highest time so far.</param>
    /// <param name="relativeOffset">The last offset of the batch that has it.</param>
    /// <param name="closing">It is the segment's final entry and may take the reserved slot.</param>
    public void Append(TimestampMs timestamp, int relativeOffset, bool closing = false)
    {
        (TimestampMs lastTimestamp, int lastOffset) = Last;
        if (timestamp <= lastTimestamp || timestamp.Value < 0 || (!closing && IsFull) || _file.Count >= _file.Capacity) return;
        if (Count > 0 && relativeOffset < lastOffset)
        {
            throw new InvalidOperationException($"{_file.Path}: relative offset {relativeOffset} goes back from {lastOffset}.");
        }

        Span<byte> entry = _file.Next();
        BinaryPrimitives.WriteInt64BigEndian(entry, timestamp.Value);
        BinaryPrimitives.WriteInt32BigEndian(entry[8..], relativeOffset);
        _file.Publish();
    }

    public void Seal() => _file.Seal();

    public void Flush() => _file.Flush();

    public void Unmap() => _file.Unmap();

    public void Dispose() => _file.Dispose();

    internal static int Floor(ReadOnlySpan<byte> entries, TimestampMs timestamp)
    {
        int low = 0, high = entries.Length / EntryBytes - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (At(entries, middle).Timestamp <= timestamp) low = middle + 1;
            else high = middle - 1;
        }

        return At(entries, high).RelativeOffset;
    }

    private static (TimestampMs Timestamp, int RelativeOffset) At(ReadOnlySpan<byte> entries, int index)
    {
        if (index < 0) return (TimestampMs.None, 0);
        ReadOnlySpan<byte> entry = entries[(index * EntryBytes)..];
        return (new TimestampMs(BinaryPrimitives.ReadInt64BigEndian(entry)), BinaryPrimitives.ReadInt32BigEndian(entry[8..]));
    }
}
