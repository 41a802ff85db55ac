using System.Buffers;

namespace PerfLog.Buffers;

/// <summary>
/// <see cref="KeptBlocks"/> for who rents from a <see cref="MemoryPool{T}"/>. The pool that .NET shares gives its blocks to the garbage
/// collector when the machine's memory is nearly used up, which it always is where files are cached; these stay.
/// </summary>
/// <param name="blocks">Where the memory comes from and goes back to.</param>
public sealed class KeptMemory(KeptBlocks blocks) : MemoryPool<byte>
{
    private const int CommonBytes = 4096;

    public override int MaxBufferSize => Array.MaxLength;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
        new Block(blocks, blocks.Rent(minBufferSize < 0 ? CommonBytes : minBufferSize));

    protected override void Dispose(bool disposing)
    {
        // What is kept goes with the blocks.
    }

    private sealed class Block(KeptBlocks blocks, byte[] bytes) : IMemoryOwner<byte>
    {
        private byte[]? _bytes = bytes;

        public Memory<byte> Memory => _bytes ?? throw new ObjectDisposedException(nameof(KeptMemory));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, null) is { } returned) blocks.Return(returned);
        }
    }
}
