using System.Buffers.Binary;

namespace PerfLog.Storage;

/// <summary>
/// A segment's aborted transactions, in order of their abort markers. Owned by its segment; the log's writer appends, any
/// thread collects. The file exists only when there are entries.
/// <code>
/// at  size  field (big-endian)
///  0   2    version = 0
///  2   8    producer id
/// 10   8    first offset of the transaction
/// 18   8    last offset: that of its abort marker
/// 26   8    the last stable offset when it was aborted
/// </code>
/// </summary>
internal sealed class TransactionIndex
{
    public const int EntryBytes = 34;

    private readonly IStorageDevice _device;
    private readonly string _path;
    private AbortedTransaction[] _entries = [];

    private TransactionIndex(IStorageDevice device, string path)
    {
        _device = device;
        _path = path;
    }

    public IReadOnlyList<AbortedTransaction> Entries => Volatile.Read(ref _entries);

    public static TransactionIndex Empty(IStorageDevice device, string path) => new(device, path);

    /// <summary>Reads an existing file; entries that a crash cut or spoiled are left out.</summary>
    public static TransactionIndex Load(IStorageDevice device, string path)
    {
        TransactionIndex index = new(device, path);
        using IStorageFile file = device.OpenFile(path, FileOpening.Existing);
        byte[] bytes = new byte[file.Length / EntryBytes * EntryBytes];
        int read = file.Read(0, bytes);
        List<AbortedTransaction> entries = [];
        for (int at = 0; at + EntryBytes <= read; at += EntryBytes)
        {
            AbortedTransaction entry = Decode(bytes.AsSpan(at));
            if (entries.Count > 0 && entry.LastOffset <= entries[^1].LastOffset) break;
            entries.Add(entry);
        }

        index._entries = [.. entries];
        return index;
    }

    public void Append(AbortedTransaction aborted)
    {
        if (_entries.Length > 0 && aborted.LastOffset <= _entries[^1].LastOffset)
        {
            throw new InvalidOperationException(
                $"{_path}: marker offset {aborted.LastOffset} does not follow {_entries[^1].LastOffset}.");
        }

        Span<byte> entry = stackalloc byte[EntryBytes];
        Encode(aborted, entry);
        using IStorageFile file = _device.OpenFile(_path, FileOpening.OrCreate);
        file.Write((long)_entries.Length * EntryBytes, entry);
        Volatile.Write(ref _entries, [.. _entries, aborted]);
    }

    /// <summary>Drops the transactions whose marker lies at or after an offset.</summary>
    public void TruncateTo(Offset offset)
    {
        int kept = Array.FindIndex(_entries, entry => entry.LastOffset >= offset);
        if (kept < 0) return;
        using IStorageFile file = _device.OpenFile(_path, FileOpening.OrCreate);
        file.SetLength((long)kept * EntryBytes);
        file.Flush();
        Volatile.Write(ref _entries, _entries[..kept]);
    }

    /// <summary>Adds the transactions that overlap [from, upTo).</summary>
    /// <returns>Whether no later segment can hold another: all before <paramref name="upTo"/> was decided by then.</returns>
    public bool Collect(Offset from, Offset upTo, List<AbortedTransaction> found)
    {
        foreach (AbortedTransaction entry in Volatile.Read(ref _entries))
        {
            if (entry.LastOffset >= from && entry.FirstOffset < upTo) found.Add(entry);
            if (entry.LastStableOffset >= upTo) return true;
        }

        return false;
    }

    public void Flush()
    {
        if (_entries.Length == 0) return;
        using IStorageFile file = _device.OpenFile(_path, FileOpening.Existing);
        file.Flush();
    }

    internal static void Encode(AbortedTransaction aborted, Span<byte> entry)
    {
        BinaryPrimitives.WriteInt16BigEndian(entry, 0);
        BinaryPrimitives.WriteInt64BigEndian(entry[2..], aborted.ProducerId.Value);
        BinaryPrimitives.WriteInt64BigEndian(entry[10..], aborted.FirstOffset.Value);
        BinaryPrimitives.WriteInt64BigEndian(entry[18..], aborted.LastOffset.Value);
        BinaryPrimitives.WriteInt64BigEndian(entry[26..], aborted.LastStableOffset.Value);
    }

    private static AbortedTransaction Decode(ReadOnlySpan<byte> entry) => new(
        new ProducerId(BinaryPrimitives.ReadInt64BigEndian(entry[2..])),
        new Offset(BinaryPrimitives.ReadInt64BigEndian(entry[10..])),
        new Offset(BinaryPrimitives.ReadInt64BigEndian(entry[18..])),
        new Offset(BinaryPrimitives.ReadInt64BigEndian(entry[26..])));
}
