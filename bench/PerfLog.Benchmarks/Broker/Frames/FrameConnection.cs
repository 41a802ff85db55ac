using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace PerfLog.Benchmarks.Broker.Frames;

/// <summary>
/// The measuring client's side of a connection: prebuilt frames out, answers in, blocking and without allocation, so that
/// the client costs the same whoever serves it. For one thread.
/// </summary>
internal sealed class FrameConnection : IDisposable
{
    private const int LengthBytes = sizeof(int);
    private const int ReceiveBytes = 256 * 1024;
    private const int SilenceMsMax = 60_000;

    private readonly byte[] _received = GC.AllocateUninitializedArray<byte>(ReceiveBytes, pinned: true);
    private readonly Socket _socket;
    private int _start;
    private int _end;

    private FrameConnection(Socket socket) => _socket = socket;

    private int Available => _end - _start;

    /// <summary>Whether an answer can be taken without waiting.</summary>
    public bool HasWholeFrame =>
        Available >= LengthBytes && Available - LengthBytes >= BinaryPrimitives.ReadInt32BigEndian(_received.AsSpan(_start));

    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static FrameConnection Open(IPEndPoint server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true, ReceiveTimeout = SilenceMsMax, SendTimeout = SilenceMsMax,
        };
        try
        {
            socket.Connect(server);
            return new FrameConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>The next answer without its length. Valid until the next call.</summary>
    public ReadOnlySpan<byte> ReceiveFrame() => Take(ReceiveLength());

    /// <summary>The length of the next answer, whose bytes are then taken or discarded.</summary>
    public int ReceiveLength() => BinaryPrimitives.ReadInt32BigEndian(Take(LengthBytes));

    /// <summary>The next bytes, which stay to be taken. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek(int bytes)
    {
        if (bytes > ReceiveBytes) throw new InvalidDataException($"An answer of {bytes} bytes is not expected here.");
        if (_start == _end) _start = _end = 0;
        if (_start + bytes > ReceiveBytes) MoveToFront();
        while (Available < bytes) _end += Receive(_received.AsSpan(_end));
        return _received.AsSpan(_start, bytes);
    }

    public ReadOnlySpan<byte> Take(int bytes)
    {
        ReadOnlySpan<byte> taken = Peek(bytes);
        _start += bytes;
        return taken;
    }

    /// <summary>Receives bytes and forgets them.</summary>
    public void Discard(long bytes)
    {
        int held = (int)Math.Min(bytes, Available);
        _start += held;
        for (long left = bytes - held; left > 0;) left -= Receive(_received.AsSpan(0, (int)Math.Min(left, ReceiveBytes)));
    }

    public void Dispose() => _socket.Dispose();

    private void MoveToFront()
    {
        _received.AsSpan(_start, Available).CopyTo(_received);
        _end = Available;
        _start = 0;
    }

    private int Receive(Span<byte> destination)
    {
        int bytes = _socket.Receive(destination);
        return bytes > 0 ? bytes : throw new IOException("The server closed the connection.");
    }
}
