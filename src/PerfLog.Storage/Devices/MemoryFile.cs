using Microsoft.Win32.SafeHandles;

namespace PerfLog.Storage;

/// <summary>
/// A file of the <see cref="MemoryDevice"/>: blocks that are never moved, so that readers need no lock while it grows.
/// Unlike an array that doubles, a large log is neither copied nor kept twice.
/// </summary>
internal sealed class MemoryFile(string path, TimeProvider time) : IStorageFile
{
    // Small enough that ten thousand partitions with a record each stay cheap.
    private const int BlockBytes = 16 * 1024;

    private readonly Lock _growth = new();
    private byte[]?[] _blocks = [];
    private int _blocksInUse;
    private long _length;
    private long _lastWriteMs = TimestampMs.Now(time).Value;

    public string Path => path;

    public SafeFileHandle? Handle => null;

    public long Length => Volatile.Read(ref _length);

    public TimestampMs LastWriteTime => new(Volatile.Read(ref _lastWriteMs));

    public int Read(long position, Span<byte> destination)
    {
        int wanted = (int)Math.Clamp(Length - position, 0, destination.Length);
        byte[]?[] blocks = Volatile.Read(ref _blocks);
        for (int done = 0; done < wanted;)
        {
            (int block, int at) = Locate(position + done);
            int piece = Math.Min(BlockBytes - at, wanted - done);
            if (block >= blocks.Length || blocks[block] is null) return done;
            blocks[block].AsSpan(at, piece).CopyTo(destination[done..]);
            done += piece;
        }

        return wanted;
    }

    public void Write(long position, ReadOnlySpan<byte> bytes)
    {
        lock (_growth)
        {
            Grow(position + bytes.Length);
            for (int done = 0; done < bytes.Length;)
            {
                (int block, int at) = Locate(position + done);
                int piece = Math.Min(BlockBytes - at, bytes.Length - done);
                bytes.Slice(done, piece).CopyTo(_blocks[block].AsSpan(at));
                done += piece;
            }

            Volatile.Write(ref _length, Math.Max(_length, position + bytes.Length));
            Touch();
        }
    }

    public void WriteGathered(long position, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            Write(position, piece.Span);
            position += piece.Length;
        }
    }

    public void SetLength(long length)
    {
        lock (_growth)
        {
            Grow(length);
            if (length < _length) ClearBeyond(length);
            Volatile.Write(ref _length, length);
            Touch();
        }
    }

    public void Preallocate(long length)
    {
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
    }

    private static (int Block, int At) Locate(long position) =>
        ((int)(position / BlockBytes), (int)(position % BlockBytes));

    private void Grow(long length)
    {
        int needed = (int)((length + BlockBytes - 1) / BlockBytes);
        byte[]?[] blocks = _blocks;
        if (needed > blocks.Length) Array.Resize(ref blocks, Math.Max(needed, blocks.Length * 2));
        for (; _blocksInUse < needed; _blocksInUse++) blocks[_blocksInUse] = new byte[BlockBytes];
        Volatile.Write(ref _blocks, blocks);
    }

    // A later write past the end must find zeros in between, as on a disk.
    private void ClearBeyond(long length)
    {
        (int block, int at) = Locate(length);
        if (at > 0) _blocks[block++].AsSpan(at).Clear();
        byte[]?[] kept = new byte[]?[block];
        _blocks.AsSpan(0, block).CopyTo(kept);
        _blocksInUse = block;
        Volatile.Write(ref _blocks, kept);
    }

    private void Touch() => Volatile.Write(ref _lastWriteMs, TimestampMs.Now(time).Value);
}
