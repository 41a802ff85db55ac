using System.Buffers;

namespace PerfLog.Buffers;

/// <summary>
/// A rented block with one owner. Whoever holds the lease disposes it, once; handing it to a method whose parameter is
/// named <c>owned…</c> hands the duty over too.
/// </summary>
/// <remarks>A class on purpose: a copied disposable struct would return the block twice.</remarks>
public sealed class BufferLease(MemoryPool<byte> pool, int length) : IDisposable
{
    private IMemoryOwner<byte>? _block = pool.Rent(length);

    /// <summary>The bytes asked for; the block behind them may be larger.</summary>
    public Memory<byte> Memory =>
        (_block ?? throw new ObjectDisposedException(nameof(BufferLease))).Memory[..length];

    public Span<byte> Span => Memory.Span;

    public void Dispose() => Interlocked.Exchange(ref _block, null)?.Dispose();
}
