using System.Buffers;
using System.Buffers.Binary;
using PerfLog.Buffers;
using PerfLog.Protocol.Connections.Transports;

namespace PerfLog.Protocol.Connections;

/// <summary>
/// Cuts what a connection receives into frames. Small frames come many to a system call and can be looked at in place; the rest of
/// a large one goes straight into its own buffer. One caller at a time, who awaits the transport himself, so that receiving
/// allocates nothing.
/// </summary>
internal sealed class ResponseStream(Transport transport, MemoryPool<byte> pool, int frameBytesMax) : IDisposable
{
    // As much as one receive brings on loopback; larger frames bypass it.
    private const int ReceiveBytes = 64 * 1024;

    private readonly byte[] _received = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
    private int _start;
    private int _end;

    /// <summary>The longest frame that can be taken in place.</summary>
    public int InPlaceBytesMax => _received.Length;

    /// <summary>Whether the stream stands between two frames.</summary>
    public bool IsEmpty => Available == 0;

    private int Available => _end - _start;

    /// <summary>Takes the next frame's length, when it is at hand.</summary>
    /// <exception cref="InvalidDataException">It cannot be one.</exception>
    public bool TryTakeLength(out int length)
    {
        length = 0;
        if (Available < sizeof(int)) return false;
        length = BinaryPrimitives.ReadInt32BigEndian(_received.AsSpan(_start));
        if (length < sizeof(int) || length > frameBytesMax) throw new InvalidDataException(NoLength(length));
        _start += sizeof(int);
        return true;
    }

    /// <summary>Takes a frame in place, when all of it is at hand. It is valid until the next receive.</summary>
    public bool TryTake(int length, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (Available < length) return false;
        frame = _received.AsSpan(_start, length);
        _start += length;
        return true;
    }

    /// <summary>Begins a frame in a buffer of its own, with what of it is at hand.</summary>
    /// <param name="length">The frame's.</param>
    /// <param name="filled">What is filled already.</param>
    public BufferLease Begin(int length, out int filled)
    {
        BufferLease frame = new(pool, length);
        filled = Math.Min(Available, length);
        _received.AsSpan(_start, filled).CopyTo(frame.Span);
        _start += filled;
        return frame;
    }

    /// <summary>Receives more; <see cref="Received"/> takes what the task brings.</summary>
    public ValueTask<int> ReceiveAsync()
    {
        _received.AsSpan(_start, Available).CopyTo(_received);
        _end = Available;
        _start = 0;
        return transport.ReceiveAsync(_received.AsMemory(_end));
    }

    public void Received(int bytes) => _end += bytes;

    public ValueTask<int> ReceiveIntoAsync(Memory<byte> frame) => transport.ReceiveAsync(frame);

    // A TLS record begins with its kind, alert or handshake, and the major version 3.
    private string NoLength(int length) => length >>> 16 is 0x1503 or 0x1603
        ? "the broker speaks TLS on this port: set security.protocol to SSL or SASL_SSL"
        : $"a response of {length} bytes; allowed are {sizeof(int)} to {frameBytesMax}";

    public void Dispose() => ArrayPool<byte>.Shared.Return(_received);
}
