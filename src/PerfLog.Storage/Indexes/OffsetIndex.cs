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
        BinaryPrimitives.WriteInt32BigEndian(entry[4..], position.Value);
        _file.Publish();
    }

    public void Seal() => _file.Seal();

    public void Flush() => _file.Flush();

    public void Unmap() => _file.Unmap();

    public void Dispose() => _file.Dispose();

    internal static FilePosition Floor(ReadOnlySpan<byte> entries, int relativeOffset)
    {
        Debug.Assert(entries.Length % EntryBytes == 0);
        int low = 0, high = entries.Length / EntryBytes - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (At(entries, middle).RelativeOffset <= relativeOffset) low = middle + 1;
            else high = middle - 1;
        }

        return At(entries, high).Position;
    }

    internal static FilePosition FloorOfPosition(ReadOnlySpan<byte> entries, FilePosition position)
    {
        int low = 0, high = entries.Length / EntryBytes - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (At(entries, middle).Position <= position) low = middle + 1;
            else high = middle - 1;
        }

        return At(entries, high).Position;
    }

    // Before the first entry lies the segment's start.
    private static (int RelativeOffset, FilePosition Position) At(ReadOnlySpan<byte> entries, int index)
    {
        if (index < 0) return default;
        ReadOnlySpan<byte> entry = entries[(index * EntryBytes)..];
        return (BinaryPrimitives.ReadInt32BigEndian(entry), new FilePosition(BinaryPrimitives.ReadInt32BigEndian(entry[4..])));
    }
}
