using System.Buffers.Binary;
using System.Diagnostics;

namespace PerfLog.Storage;

/// <summary>
/// A segment's sparse map from offset to file position. Owned by its segment; the log's writer appends, any thread searches.
/// <code>
/// at  size  field (big-endian)
///  0   4    the last offset of a batch, less the segment's base offset
///  4   4    the position of that batch's first byte
/// </code>
/// The batch that holds an offset starts at or after the position of the last entry not above the offset.
/// </summary>
internal sealed class OffsetIndex(IStorageDevice device, string path, int capacityBytes, int count) : IDisposable
{
    public const int EntryBytes = 8;

    private const int OffsetAt = 0;
    private const int PositionAt = 4;

    private readonly IndexFile _file = new(device, path, EntryBytes, capacityBytes, count);

    public int Count => _file.Count;

    public bool IsFull => _file.Count >= _file.Capacity;

    /// <summary>The last entry; zeros when there is none.</summary>
    public (int RelativeOffset, FilePosition Position) Last => At(_file.Entries, _file.Count - 1);

    /// <summary>Finds where to start looking for an offset.</summary>
    public FilePosition Floor(int relativeOffset) => Floor(_file.Entries, relativeOffset);

    /// <summary>Finds the last indexed batch that starts at or before a position.</summary>
    public FilePosition FloorOfPosition(FilePosition position) => FloorOfPosition(_file.Entries, position);

    public (int RelativeOffset, FilePosition Position) At(int index) => At(_file.Entries, index);

    public void Append(int relativeOffset, FilePosition position)
    {
        if (Count > 0 && relativeOffset <= Last.RelativeOffset)
        {
            throw new InvalidOperationException(
                $"{_file.Path}: relative offset {relativeOffset} does not follow {Last.RelativeOffset}.");
        }

        Span<byte> entry = _file.Next();
        BinaryPrimitives.WriteInt32BigEndian(entry, relativeOffset);
        BinaryPrimitives.WriteInt32BigEndian(entry[PositionAt..], position.Value);
        _file.Publish();
    }

    public void Seal() => _file.Seal();

    public void Flush() => _file.Flush();

    public void Unmap() => _file.Unmap();

    public void Dispose() => _file.Dispose();

    internal static FilePosition Floor(ReadOnlySpan<byte> entries, int relativeOffset) =>
        At(entries, LastAtMost(entries, OffsetAt, relativeOffset)).Position;

    internal static FilePosition FloorOfPosition(ReadOnlySpan<byte> entries, FilePosition position) =>
        At(entries, LastAtMost(entries, PositionAt, position.Value)).Position;

    // Where half of all comparisons go one way, a branch is guessed wrongly every other time, which costs more than the rest of the
    // step: so the halves are chosen by arithmetic. Neither number is negative, unless the disk has spoiled the entry.
    private static int LastAtMost(ReadOnlySpan<byte> entries, int field, int limit)
    {
        Debug.Assert(entries.Length % EntryBytes == 0);
        int first = 0;
        for (int left = entries.Length / EntryBytes; left > 1;)
        {
            int half = left >>> 1;
            int isAbove = (limit - Field(entries, first + half, field)) >> 31;
            first += half & ~isAbove;
            left -= half;
        }

        return !entries.IsEmpty && Field(entries, first, field) <= limit ? first : -1;
    }

    private static int Field(ReadOnlySpan<byte> entries, int index, int field) =>
        BinaryPrimitives.ReadInt32BigEndian(entries[((index * EntryBytes) + field)..]);

    // Before the first entry lies the segment's start.
    private static (int RelativeOffset, FilePosition Position) At(ReadOnlySpan<byte> entries, int index)
    {
        if (index < 0) return default;
        return (Field(entries, index, OffsetAt), new FilePosition(Field(entries, index, PositionAt)));
    }
}
