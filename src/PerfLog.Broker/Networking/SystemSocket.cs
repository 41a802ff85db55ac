using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using PerfLog.Polling;

namespace PerfLog.Broker.Networking;

/// <summary>A connection's socket as .NET drives it, on the thread pool: works on every system.</summary>
internal sealed class SystemSocket : IConnectionSocket
{
    private static readonly TimeSpan AskedAtOnce = TimeSpan.FromMicroseconds(60);

    // A peer that sends much at a time needs the processor itself, and the thread that would wait for it.
    private const int AskedAtOnceBytesMax = 16 * 1024;

    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private long _sentAt;
    private bool _asksAtOnce;

    public SystemSocket(Socket ownedSocket, TimeProvider time)
    {
        ownedSocket.Blocking = false;   // sendfile must not wait
        _socket = ownedSocket;
        _time = time;
        _sentAt = time.GetTimestamp();
        RemoteEndPoint = ownedSocket.RemoteEndPoint;
    }

    public EndPoint? RemoteEndPoint { get; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync(Memory<byte> room)
    {
        if (_asksAtOnce) _asksAtOnce = EagerWait.TryWait(_socket);
        int received = await _socket.ReceiveAsync(room, SocketFlags.None);
        _asksAtOnce = received <= AskedAtOnceBytesMax
            && (_asksAtOnce || _time.GetElapsedTime(Volatile.Read(ref _sentAt)) < AskedAtOnce);
        return received;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _socket.SendAsync(bytes, SocketFlags.None);
        Volatile.Write(ref _sentAt, _time.GetTimestamp());
    }

    public ValueTask<int> SendFileAsync(SafeFileHandle file, long position, int bytes)
    {
        if (!SendFile.IsSupported) return ValueTask.FromResult(0);
        while (true)
        {
            int taken = SendFile.TrySend(_socket.SafeHandle, file, position, bytes);

            // The socket is full. A peer that reads makes room within microseconds, far sooner than this thread could be
            // given away and fetched back. One that does not is waited for without a thread: sending a small piece the
            // ordinary way ends when there is room.
            if (taken >= 0 || !SocketRoom.TryWait(_socket.SafeHandle)) return ValueTask.FromResult(Math.Max(taken, 0));
        }
    }

    public void Dispose() => _socket.Dispose();
}
