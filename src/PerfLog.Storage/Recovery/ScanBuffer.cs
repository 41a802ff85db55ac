using System.Buffers;

namespace PerfLog.Storage;

/// <summary>
/// A pooled window over a file that is read from front to back, in large reads: small batches would otherwise cost a
/// system call each. It lives as long as one scan, on its thread.
/// </summary>
internal sealed class ScanBuffer(IStorageFile file, long length) : IDisposable
{
    // Stays in the processor's cache until its checksums are computed.
    private const int ReadBytes = 512 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
    private long _start;
    private int _filled;

    /// <summary>The bytes at a position: as many as wanted, or fewer at the end of the file. They are good until the next call.</summary>
    public ReadOnlySpan<byte> Read(long position, int wanted)
    {
        long at = position - _start;
        if (at < 0 || at + wanted > _filled)
        {
            Fill(position, wanted);
            at = 0;
        }

        return _buffer.AsSpan((int)at, Math.Min(wanted, _filled - (int)at));
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void Fill(long position, int wanted)
    {
        if (wanted > _buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(wanted);
        }

        int bytes = (int)Math.Clamp(length - position, 0, Math.Max(wanted, ReadBytes));
        _start = position;
        _filled = file.Read(position, _buffer.AsSpan(0, bytes));
    }
}
