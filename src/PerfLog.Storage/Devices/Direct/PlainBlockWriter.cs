namespace PerfLog.Storage;

/// <summary>Writes blocks at once by the file's own writes: where there is no ring, and on disks of tests.</summary>
internal sealed class PlainBlockWriter(IStorageFile ownedFile) : IBlockWriter
{
    private readonly Queue<int> _complete = [];

    public int Pending => _complete.Count;

    public void Begin(int block, long position, ReadOnlySpan<byte> bytes)
    {
        ownedFile.Write(position, bytes);
        _complete.Enqueue(block);
    }

    public bool TryTake(out int block, bool waits) => _complete.TryDequeue(out block);

    public void Dispose() => ownedFile.Dispose();
}
