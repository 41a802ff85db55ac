using System.Buffers;

namespace PerfLog.Buffers;

/// <summary>
/// Bytes whose number is not known beforehand, in one pooled block that grows up to a limit. One owner, one thread at a
/// time; made once and used again, so that it allocates nothing in steady state.
/// </summary>
public sealed class GrowingBuffer(ArrayPool<byte> pool, int bytesMax) : IBufferWriter<byte>, IDisposable
{
    private const int FirstBlockBytes = 4 * 1024;

    /// <summary>A block that one rare large use made is not kept for the small ones that follow.</summary>
    private const int KeptBytesMax = 4 * 1024 * 1024;

    private byte[] _block = [];
    private int _bytesMax = bytesMax;
    private int _written;

    public GrowingBuffer(int bytesMax)
        : this(ArrayPool<byte>.Shared, bytesMax)
    {
    }

    public int WrittenBytes => _written;

    /// <summary>The bytes that the limit still allows.</summary>
    public int FreeBytes => _bytesMax - _written;

    public ReadOnlySpan<byte> WrittenSpan => _block.AsSpan(0, _written);

    /// <summary>The written bytes, to patch fields in place. Valid until the next write.</summary>
    public Memory<byte> WrittenMemory => _block.AsMemory(0, _written);

    /// <summary>Forgets what was written and sets the limit of the next use.</summary>
    public void Reset(int bytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytesMax);
        _written = 0;
        _bytesMax = bytesMax;
        if (_block.Length > KeptBytesMax) ReturnBlock();
    }

    /// <summary>Cuts what was written after <paramref name="bytes"/>.</summary>
    public void Truncate(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)_written, nameof(bytes));
        _written = bytes;
    }

    /// <summary>Free space for at least so many bytes; false when the limit does not allow them.</summary>
    public bool TryGetSpan(int bytes, out Span<byte> free)
    {
        free = default;
        if (bytes > FreeBytes) return false;
        if (_block.Length - _written < bytes) Grow(bytes);
        free = _block.AsSpan(_written, Math.Min(_block.Length - _written, FreeBytes));
        return true;
    }

    public bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (!TryGetSpan(bytes.Length, out Span<byte> free)) return false;
        bytes.CopyTo(free);
        _written += bytes.Length;
        return true;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_block.Length - _written), nameof(count));
        _written += count;
    }

    /// <exception cref="BufferLimitException">The limit does not allow so many bytes.</exception>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc cref="GetSpan"/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int bytes = Math.Max(sizeHint, 1);
        if (!TryGetSpan(bytes, out Span<byte> free))
            throw new BufferLimitException((long)_written + bytes, _bytesMax);
        return _block.AsMemory(_written, free.Length);
    }

    public void Dispose()
    {
        _written = 0;
        ReturnBlock();
    }

    private void Grow(int bytes)
    {
        long wanted = Math.Max((long)_written + bytes, Math.Min(_block.Length * 2L, _bytesMax));
        byte[] larger = pool.Rent((int)Math.Max(wanted, FirstBlockBytes));
        WrittenSpan.CopyTo(larger);
        int written = _written;
        ReturnBlock();
        _block = larger;
        _written = written;
    }

    private void ReturnBlock()
    {
        if (_block.Length != 0) pool.Return(_block);
        _block = [];
    }
}
