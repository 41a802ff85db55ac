using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Walks over the headers of a file's batches, a block at a time. It lives on its caller's stack and reads through the
/// caller's block, which holds at least a header; nothing is allocated.
/// </summary>
internal ref struct BatchScan(IStorageFile file, FilePosition start, FilePosition end, Span<byte> block)
{
    /// <summary>A block that skips small batches in few reads and costs little to copy.</summary>
    public const int BlockBytes = 4096;

    private readonly Span<byte> _block = block;
    private int _next = start.Value;
    private int _blockStart = start.Value;
    private int _blockBytes;

    /// <summary>The present batch's first byte.</summary>
    public FilePosition Position { get; private set; }

    /// <summary>Whether the walk ended at bytes that are no batch, rather than at the end.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The present batch's header.</summary>
    public readonly RecordBatchView Header =>
        new(_block.Slice(Position.Value - _blockStart, RecordBatchLayout.HeaderBytes));

    /// <summary>The position behind the present batch.</summary>
    public readonly FilePosition BatchEnd => new(_next);

    public bool MoveNext()
    {
        if (_next >= end.Value) return false;
        Position = new FilePosition(_next);
        IsBroken = !TryLoadHeader() || !IsSound();
        if (IsBroken) return false;
        _next += Header.SizeBytes;
        return true;
    }

    private bool TryLoadHeader()
    {
        int inBlock = _next - _blockStart;
        if (inBlock + RecordBatchLayout.HeaderBytes <= _blockBytes) return true;
        int wanted = Math.Min(_block.Length, end.Value - _next);
        _blockStart = _next;
        _blockBytes = file.Read(_next, _block[..wanted]);
        return _blockBytes >= RecordBatchLayout.HeaderBytes;
    }

    private readonly bool IsSound()
    {
        RecordBatchView header = Header;
        long size = (long)header.SizeBytes;
        return header.Magic == RecordBatchLayout.CurrentMagic
            && size >= RecordBatchLayout.HeaderBytes
            && _next + size <= end.Value
            && header.LastOffsetDelta >= 0
            && header.BaseOffset.Value >= 0;
    }
}
