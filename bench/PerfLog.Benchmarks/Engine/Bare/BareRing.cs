using System.Runtime.InteropServices;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Engine.Bare;

/// <summary>
/// The least that writing past the page cache takes: aligned blocks in a ring, as many under way as fit, each filled from
/// batches or not at all, into a file laid out beforehand; then one fdatasync.
/// </summary>
internal sealed unsafe class BareRing : IDisposable
{
    private const int BlockBytes = 1024 * 1024;
    private const int Blocks = 8;
    private const int PageBytes = 4096;

    private readonly Ring _ring;
    private readonly byte* _memory;

    public BareRing()
    {
        if (!Ring.TryCreate(Blocks, out Ring? ring, out string? refusal)) throw new IOException(refusal);
        _ring = ring;
        _memory = (byte*)NativeMemory.AlignedAlloc(Blocks * BlockBytes, PageBytes);
        new Span<byte>(_memory, Blocks * BlockBytes).Fill(1);
    }

    /// <param name="file">Opened past the page cache.</param>
    /// <param name="bytes">How much.</param>
    /// <param name="batch">What blocks are filled with; empty for whatever is in them.</param>
    public void Write(LinuxFile file, long bytes, ReadOnlySpan<byte> batch)
    {
        int block = 0;
        for (long position = 0; position < bytes; position += BlockBytes)
        {
            // The first writes find free blocks; then each waits for one to come back.
            if (_ring.Pending == Blocks) block = TakeBack();
            byte* start = _memory + (long)block * BlockBytes;
            if (!batch.IsEmpty) Fill(new Span<byte>(start, BlockBytes), batch);
            _ring.QueueWrite(file.Descriptor, position, start, BlockBytes, (ulong)block);
            _ring.Submit();
            block = (block + 1) % Blocks;
        }

        while (_ring.Pending > 0) TakeBack();
        file.Flush();
    }

    public void Dispose()
    {
        _ring.Dispose();
        NativeMemory.AlignedFree(_memory);
    }

    private static void Fill(Span<byte> block, ReadOnlySpan<byte> batch)
    {
        for (; block.Length >= batch.Length; block = block[batch.Length..]) batch.CopyTo(block);
        batch[..block.Length].CopyTo(block);
    }

    private int TakeBack()
    {
        RingCompletion completion;
        while (!_ring.TryTake(out completion)) _ring.Submit(waitFor: 1);
        if (completion.Result != BlockBytes) throw new IOException($"A direct write gave {completion.Result}.");
        return (int)completion.Tag;
    }
}
