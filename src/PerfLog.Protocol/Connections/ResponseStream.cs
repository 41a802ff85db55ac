using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using PerfLog.Buffers;

namespace PerfLog.Protocol.Connections;

/// <summary>
/// Cuts what a socket receives into frames. Small frames come many to a system call; the rest of a large one goes straight
/// into its own buffer. One caller at a time.
/// </summary>
internal sealed class ResponseStream(Socket socket, MemoryPool<byte> pool, int frameBytesMax) : IDisposable
{
    // As much as one receive brings on loopback; larger frames bypass it.
    private const int ReceiveBytes = 64 * 1024;

    private readonly byte[] _received = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
    private int _start;
    private int _end;

    private int Available => _end - _start;

    /// <summary>The next frame without its length; null when the peer closed the connection between two frames.</summary>
    public async ValueTask<BufferLease?> ReadFrameAsync()
    {
        if (!await TryFillAsync(sizeof(int)).ConfigureAwait(false)) return null;
        int length = BinaryPrimitives.ReadInt32BigEndian(_received.AsSpan(_start));
        if (length < sizeof(int) || length > frameBytesMax)
        {
            throw new InvalidDataException($"a response of {length} bytes; allowed are {sizeof(int)} to {frameBytesMax}");
        }

        _start += sizeof(int);
        BufferLease frame = new(pool, length);
        try
        {
            await FillAsync(frame.Memory).ConfigureAwait(false);
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_received);

    /// <summary>Receives until that many bytes are at hand.</summary>
    /// <returns>False when the stream ended before the first of them.</returns>
    private async ValueTask<bool> TryFillAsync(int bytes)
    {
        while (Available < bytes)
        {
            MakeRoom();
            int received = await socket.ReceiveAsync(_received.AsMemory(_end)).ConfigureAwait(false);
            if (received == 0 && Available == 0) return false;
            if (received == 0) throw new EndOfStreamException("the connection ended inside a response");
            _end += received;
        }

        return true;
    }

    private void MakeRoom()
    {
        _received.AsSpan(_start, Available).CopyTo(_received);
        _end = Available;
        _start = 0;
    }

    private async ValueTask FillAsync(Memory<byte> frame)
    {
        int copied = Math.Min(Available, frame.Length);
        _received.AsSpan(_start, copied).CopyTo(frame.Span);
        _start += copied;
        while (copied < frame.Length)
        {
            int received = await socket.ReceiveAsync(frame[copied..]).ConfigureAwait(false);
            if (received == 0) throw new EndOfStreamException("the connection ended inside a response");
            copied += received;
        }
    }
}
