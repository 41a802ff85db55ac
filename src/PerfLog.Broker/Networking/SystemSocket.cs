using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace PerfLog.Broker.Networking;

/// <summary>A connection's socket as .NET drives it, on the thread pool: works on every system.</summary>
internal sealed class SystemSocket : IConnectionSocket
{
    private readonly Socket _socket;

    public SystemSocket(Socket ownedSocket)
    {
        ownedSocket.Blocking = false;   // sendfile must not wait
        _socket = ownedSocket;
        RemoteEndPoint = ownedSocket.RemoteEndPoint;
    }

    public EndPoint? RemoteEndPoint { get; }

    public bool IsPeerQuick { get; set; }

    public ValueTask<int> ReceiveAsync(Memory<byte> room)
    {
        if (IsPeerQuick) IsPeerQuick = EagerWait.TryWait(_socket);
        return _socket.ReceiveAsync(room, SocketFlags.None);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => await _socket.SendAsync(bytes, SocketFlags.None);

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
