using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using PerfLog.Threading;

namespace PerfLog.Polling;

/// <summary>
/// A connection's socket that is driven by a <see cref="PollLoop"/>: what waits for it goes on within the loop's thread, so that a
/// request costs one wake-up.
/// </summary>
internal sealed class PolledSocket : IConnectionSocket
{
    // A peer that always has more to say lets the loop's other connections have their turn after so many full receives.
    private const int FullReceivesMax = 8;

    private readonly AsyncSignal _readable = new();
    private readonly AsyncSignal _writable = new();
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly PollLoop _loop;
    private readonly ulong _ticket;
    private int _fullReceives;
    private volatile bool _hasPeerFinished;
    private volatile bool _mayHoldMore;
    private volatile bool _isDisposed;

    /// <param name="ownedSocket">Connected or about to be; nothing else may use it.</param>
    /// <param name="peer">The other end.</param>
    /// <param name="loop">Outlives the socket.</param>
    public PolledSocket(Socket ownedSocket, EndPoint? peer, PollLoop loop)
    {
        ownedSocket.Blocking = false;
        _socket = ownedSocket;
        _handle = ownedSocket.SafeHandle;
        _loop = loop;
        RemoteEndPoint = peer;
        _ticket = loop.Attach(this, _handle);
    }

    public EndPoint? RemoteEndPoint { get; }

    /// <summary>Connects a socket of TCP. What follows the await does not run on the loop's thread.</summary>
    /// <exception cref="SocketException">The peer cannot be reached.</exception>
    public static async Task<PolledSocket> ConnectAsync(IPEndPoint peer, PollLoops loops, CancellationToken cancellation)
    {
        PolledSocket connecting = BeginConnect(peer, loops);
        try
        {
            using CancellationTokenRegistration stop = cancellation.UnsafeRegister(static socket => ((PolledSocket)socket!).Dispose(), connecting);
            await connecting.ConnectedAsync().ConfigureAwait(false);
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
        catch
        {
            connecting.Dispose();
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            cancellation.ThrowIfCancellationRequested();
            throw;
        }

        return connecting;
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> room)
    {
        // After a receive that left room nothing is there, as a rule: only the loop knows when there is more.
        if ((_mayHoldMore || _hasPeerFinished) && _fullReceives < FullReceivesMax)
        {
            int received = TryReceive(room.Span);
            if (received >= 0) return ValueTask.FromResult(received);
        }

        return ReceiveLaterAsync(room);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        int sent = TrySend(bytes.Span);
        return sent == bytes.Length ? ValueTask.CompletedTask : SendLaterAsync(bytes[Math.Max(sent, 0)..]);
    }

    public ValueTask<int> SendFileAsync(SafeFileHandle file, long position, int bytes)
    {
        int sent = TrySendFile(file, position, bytes);
        return sent >= 0 ? ValueTask.FromResult(sent) : SendFileLaterAsync(file, position, bytes);
    }

    /// <summary>Says that nothing more will be sent; receiving goes on.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _loop.Detach(_ticket);
        _socket.Dispose();
        _readable.Set();
        _writable.Set();
    }

    /// <summary>The loop saw something happen to the socket.</summary>
    internal void Signal(uint events)
    {
        const uint End = EpollNative.Failed | EpollNative.HungUp | EpollNative.PeerFinished;
        if ((events & End) != 0) _hasPeerFinished = true;
        if ((events & (EpollNative.Writable | End)) != 0) _writable.SetAndRun();
        if ((events & (EpollNative.Readable | End)) != 0) _readable.SetAndRun();
    }

    /// <summary>The loop has served its other connections.</summary>
    internal void TakeTurn() => _readable.SetAndRun();

    private static PolledSocket BeginConnect(IPEndPoint peer, PollLoops loops)
    {
        // .NET's own way to connect without waiting would have its loop told of all that happens to the socket, for ever.
        Socket socket = new(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        try
        {
            socket.Connect(peer);
        }
        catch (SocketException later) when (later.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The loop sees it connect, or fail to.
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        // .NET would look whether it is connected when it is asked for the peer, and so take away the reason why it is not.
        return loops.Attach(socket, peer);
    }

    private async ValueTask ConnectedAsync()
    {
        await _writable.WaitAsync().ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int error and not 0) throw new SocketException(error);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveLaterAsync(Memory<byte> room)
    {
        if (_fullReceives >= FullReceivesMax)
        {
            _readable.Clear();
            _loop.Queue(this);
        }

        while (true)
        {
            await _readable.WaitAsync().ConfigureAwait(false);
            _fullReceives = 0;
            int received = TryReceive(room.Span);
            if (received >= 0) return received;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendLaterAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            await _writable.WaitAsync().ConfigureAwait(false);
            int sent = TrySend(bytes.Span);
            if (sent > 0) bytes = bytes[sent..];
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> SendFileLaterAsync(SafeFileHandle file, long position, int bytes)
    {
        while (true)
        {
            await _writable.WaitAsync().ConfigureAwait(false);
            int sent = TrySendFile(file, position, bytes);
            if (sent >= 0) return sent;
        }
    }

    private int TryReceive(Span<byte> room)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        int received = EpollNative.TryReceive(_handle, room);
        _loop.Moved(received);
        _mayHoldMore = received == room.Length;
        _fullReceives = _mayHoldMore ? _fullReceives + 1 : 0;
        return received;
    }

    private int TrySend(ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _loop.Moved(bytes.Length);
        return EpollNative.TrySend(_handle, bytes);
    }

    private int TrySendFile(SafeFileHandle file, long position, int bytes)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _loop.Moved(bytes);
        return SendFile.TrySend(_handle, file, position, bytes);
    }
}
