namespace PerfLog.Storage;

/// <summary>The sizes of writing past the page cache.</summary>
/// <param name="BlockBytes">What one write brings to the disk when there is much to write.</param>
/// <param name="Blocks">The blocks in memory: as many writes may be under way at once.</param>
/// <param name="PageBytes">Positions and lengths of writes are multiples of this; a block is one, too.</param>
/// <param name="StartBytes">A file that is shorter is written through the page cache: what is small gains nothing.</param>
internal sealed record DirectLayout(int BlockBytes, int Blocks, int PageBytes, int StartBytes)
{
    /// <summary>One write of a mebibyte keeps a disk as busy as many small ones at a fraction of their cost, and eight of them
    /// leave it no pause. Pages are as large as any disk's sectors.</summary>
    public static readonly DirectLayout Default = new(1024 * 1024, 8, 4096, 1024 * 1024);

    public int WindowBytes => BlockBytes * Blocks;

    public long PageStart(long position) => position / PageBytes * PageBytes;

    public long PageEnd(long position) => PageStart(position + PageBytes - 1);

    public long BlockStart(long position) => position / BlockBytes * BlockBytes;

    public int BlockOf(long position) => (int)(position / BlockBytes % Blocks);
}
