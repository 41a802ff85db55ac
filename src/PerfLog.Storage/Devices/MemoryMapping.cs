namespace PerfLog.Storage;

/// <summary>
/// Stands for a mapping on devices without one: a copy of the file in memory that grows as it is written, and goes back
/// to the file when it is trimmed, flushed or disposed.
/// </summary>
public sealed class MemoryMapping : IMappedFile
{
    private readonly IStorageFile _file;
    private readonly int _capacityBytes;
    private byte[] _bytes;
    private int _usedBytes;
    private bool _changed;

    /// <summary>Over an open file, which the mapping owns from now on.</summary>
    public MemoryMapping(IStorageFile ownedFile, int capacityBytes)
    {
        _file = ownedFile;
        _bytes = new byte[checked((int)ownedFile.Length)];
        _usedBytes = _file.Read(0, _bytes);
        _capacityBytes = Math.Max(capacityBytes, _bytes.Length);
    }

    // Growing copies, so a reader with the old array still sees every entry that was published before.
    /// <inheritdoc/>
    public ReadOnlySpan<byte> Bytes => Volatile.Read(ref _bytes);

    /// <inheritdoc/>
    public Span<byte> Reserve(int position, int length)
    {
        int end = position + length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, _capacityBytes);
        if (end > _bytes.Length)
        {
            byte[] grown = new byte[Math.Min(_capacityBytes, Math.Max(end, _bytes.Length * 2))];
            _bytes.CopyTo(grown, 0);
            Volatile.Write(ref _bytes, grown);
        }

        _usedBytes = Math.Max(_usedBytes, end);
        _changed = true;
        return _bytes.AsSpan(position, length);
    }

    /// <inheritdoc/>
    public void Trim(int length)
    {
        _usedBytes = length;
        _changed = true;
        WriteBack();
    }

    /// <inheritdoc/>
    public void Flush()
    {
        WriteBack();
        _file.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            WriteBack();
        }
        catch (IOException)
        {
            // As with pages that the kernel cannot write: whoever needed them on the disk has flushed, and was told.
        }

        _file.Dispose();
    }

    private void WriteBack()
    {
        if (!_changed) return;
        _changed = false;
        if (_file.Length != _usedBytes) _file.SetLength(_usedBytes);
        _file.Write(0, _bytes.AsSpan(0, _usedBytes));
    }
}
