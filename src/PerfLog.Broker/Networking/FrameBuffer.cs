using System.Buffers.Binary;

namespace PerfLog.Broker.Networking;

/// <summary>
/// Cuts what a connection receives into frames (int32 size, then so many bytes), each contiguous and in place. Only the
/// connection's receive loop uses it.
/// </summary>
/// <remarks>
/// Small frames lie side by side in one block. A frame that does not fit into what is left of a block moves, so far as it
/// has arrived, to another one. The block follows the traffic, 4 KiB for a quiet connection and 256 KiB for a busy one,
/// and for a larger frame it grows with the bytes that really arrive: a size field that lies costs nothing.
/// </remarks>
internal sealed class FrameBuffer(int frameBytesMax) : IDisposable
{
    public const int SizeFieldBytes = sizeof(int);
    private const int QuietBlockBytes = 4 * 1024;
    private const int BusyBlockBytes = 256 * 1024;
    private const int GrowthStartBytes = 1024 * 1024;
    private const int QuietReceivesBeforeShrinking = 32;

    private ReceiveBlock _block = new(QuietBlockBytes);
    private int _start;
    private int _end;
    private int _blockBytesWanted = QuietBlockBytes;
    private int _quietReceives;

    /// <summary>A frame began to arrive and is not whole yet.</summary>
    public bool HasPartialFrame => _end > _start;

    /// <summary>The last receive left no room: more waits in the socket, as a rule.</summary>
    public bool WasFilled { get; private set; }

    /// <summary>The block that the last taken frame lies in.</summary>
    public ReceiveBlock Block => _block;

    /// <summary>Room for the next receive, behind what is there already. Never empty.</summary>
    public Memory<byte> FreeSpace()
    {
        int partialBytes = _end - _start;
        int neededBytes = NeededBytes(partialBytes);
        if (partialBytes == 0 && _block.IsExclusive && _block.Length >= _blockBytesWanted && IsFitting(_block.Length))
        {
            _start = _end = 0;
        }
        else if (_start + neededBytes > _block.Length || _end == _block.Length)
        {
            MovePartialFrame(partialBytes, neededBytes);
        }

        return _block.Bytes.AsMemory(_end);
    }

    /// <summary>So many bytes were received into <see cref="FreeSpace"/>.</summary>
    public void Advance(int receivedBytes)
    {
        bool isFull = _end + receivedBytes == _block.Length;
        _end += receivedBytes;
        WasFilled = isFull;
        if (isFull)
        {
            _quietReceives = 0;
            _blockBytesWanted = Math.Min(_blockBytesWanted * 8, BusyBlockBytes);
        }
        else if (receivedBytes > QuietBlockBytes / 2)
        {
            _quietReceives = 0;
        }
        else if (++_quietReceives >= QuietReceivesBeforeShrinking)
        {
            _quietReceives = 0;
            _blockBytesWanted = QuietBlockBytes;
        }
    }

    /// <summary>Takes the next whole frame, without its size field; it lies in <see cref="Block"/>.</summary>
    /// <returns>False when no whole frame is there, or <paramref name="error"/> says why the stream is lost.</returns>
    public bool TryTake(out Memory<byte> frame, out string? error)
    {
        frame = default;
        error = null;
        int available = _end - _start;
        if (available < SizeFieldBytes) return false;
        int sizeBytes = SizeField();
        if (sizeBytes < 0 || sizeBytes > frameBytesMax)
        {
            error = $"a frame of {sizeBytes} bytes is outside 0..{frameBytesMax} (socket.request.max.bytes)";
            return false;
        }

        if (available - SizeFieldBytes < sizeBytes) return false;
        frame = _block.Bytes.AsMemory(_start + SizeFieldBytes, sizeBytes);
        _start += SizeFieldBytes + sizeBytes;
        return true;
    }

    public void Dispose() => _block.Release();

    private int SizeField() => BinaryPrimitives.ReadInt32BigEndian(_block.Bytes.AsSpan(_start));

    /// <summary>The bytes, from the frame's first on, that the block must have room for now.</summary>
    private int NeededBytes(int partialBytes)
    {
        if (partialBytes < SizeFieldBytes) return SizeFieldBytes;
        int frameBytes = SizeFieldBytes + SizeField();
        return Math.Min(frameBytes, Math.Max(GrowthStartBytes, partialBytes * 2));
    }

    /// <summary>A block far larger than the traffic wants is given back.</summary>
    private bool IsFitting(int blockBytes) => blockBytes <= _blockBytesWanted * 2;

    private void MovePartialFrame(int partialBytes, int neededBytes)
    {
        // A frame's beginning is copied once per block: the price of keeping every frame contiguous.
        if (_block.IsExclusive && _block.Length >= Math.Max(_blockBytesWanted, neededBytes) && partialBytes < _block.Length)
        {
            _block.Bytes.AsSpan(_start, partialBytes).CopyTo(_block.Bytes);
        }
        else
        {
            var next = new ReceiveBlock(Math.Max(_blockBytesWanted, neededBytes));
            _block.Bytes.AsSpan(_start, partialBytes).CopyTo(next.Bytes);
            _block.Release();
            _block = next;
        }

        _start = 0;
        _end = partialBytes;
    }
}
