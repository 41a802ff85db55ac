namespace PerfLog.Storage;

/// <summary>
/// Brings blocks of memory to a file while their owner goes on: by a ring, or one after the other where there is none.
/// Positions, lengths and addresses are multiples of a page. One thread at a time; the blocks stay as they are until taken back.
/// </summary>
internal interface IBlockWriter : IDisposable
{
    /// <summary>The writes begun and not taken back.</summary>
    int Pending { get; }

    /// <summary>Begins a write; at most one for each block at any time.</summary>
    void Begin(int block, long position, ReadOnlySpan<byte> bytes);

    /// <summary>Takes back a block whose write is complete.</summary>
    /// <param name="block">Which one.</param>
    /// <param name="waits">Wait for one when none is complete; only while some are pending.</param>
    /// <exception cref="IOException">The write failed.</exception>
    bool TryTake(out int block, bool waits);
}
