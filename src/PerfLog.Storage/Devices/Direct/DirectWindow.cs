using System.Runtime.InteropServices;

namespace PerfLog.Storage;

/// <summary>
/// The blocks of memory through which one file is written past the page cache, and the ring that writes them. Lent to one
/// file after the other by <see cref="DirectWindows"/>. The file's writer fills blocks; any thread reads, and learns afterwards
/// whether what it read was still the file's.
/// </summary>
internal sealed unsafe class DirectWindow
{
    private const long NoPosition = -1;

    private readonly byte* _memory;
    private readonly long[] _starts;

    public DirectWindow(DirectLayout layout, Ring? ownedRing)
    {
        Layout = layout;
        Ring = ownedRing;
        _starts = new long[layout.Blocks];
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)layout.WindowBytes, (nuint)layout.PageBytes);
        Clear();
    }

    // Nobody reads any more: readers hold the window by its file.
    ~DirectWindow()
    {
        Ring?.Dispose();
        NativeMemory.AlignedFree(_memory);
    }

    public DirectLayout Layout { get; }

    /// <summary>The ring; null where the kernel gives none.</summary>
    public Ring? Ring { get; }

    /// <summary>A block's memory. Only its file's writer changes it.</summary>
    public Span<byte> Block(int block) => new(_memory + (long)block * Layout.BlockBytes, Layout.BlockBytes);

    /// <summary>A block is about to be filled with what comes at a position.</summary>
    public void Take(int block, long start)
    {
        // First the mark, then new bytes: who still reads the old ones finds the mark changed when it looks again.
        Volatile.Write(ref _starts[block], start);
        Interlocked.MemoryBarrier();
    }

    /// <summary>Forgets everything; the window may go to another file.</summary>
    public void Clear()
    {
        for (int block = 0; block < _starts.Length; block++) Take(block, NoPosition);
    }

    /// <summary>Copies bytes from the block that has them.</summary>
    /// <returns>False when no block has them (any more); the destination may be spoiled then.</returns>
    public bool TryRead(long position, Span<byte> destination)
    {
        int block = Layout.BlockOf(position);
        long start = Layout.BlockStart(position);
        if (Volatile.Read(ref _starts[block]) != start) return false;
        Block(block).Slice((int)(position - start), destination.Length).CopyTo(destination);
        Interlocked.MemoryBarrier();
        GC.KeepAlive(this);
        return Volatile.Read(ref _starts[block]) == start;
    }
}
