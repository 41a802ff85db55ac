using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PerfLog.Polling;

namespace PerfLog.Broker.Networking;

/// <summary>
/// Accepts connections on one address and owns them. Closes those that make no progress. Start once, dispose once.
/// </summary>
internal sealed partial class Listener : IAsyncDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ClientConnection, Task> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _socket;
    private readonly ConnectionLimits _limits;
    private readonly ListenerSettings _settings;
    private readonly PollLoops? _loops;
    private readonly RequestRouter _router;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private ITimer? _sweep;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Binds at once, so that a taken port is an error here and not later.</summary>
    /// <param name="address">With port 0 the system chooses one.</param>
    /// <param name="limits">Of each connection.</param>
    /// <param name="settings">Of the listener.</param>
    /// <param name="loops">Serve the connections; null leaves that to .NET and its thread pool.</param>
    /// <param name="router">Gets the requests.</param>
    /// <param name="time">For silent peers.</param>
    /// <param name="logger">For peers that are refused or cut off.</param>
    /// <exception cref="IOException">The address cannot be listened on; says which and why.</exception>
    public Listener(
        IPEndPoint address,
        ConnectionLimits limits,
        ListenerSettings settings,
        PollLoops? loops,
        RequestRouter router,
        TimeProvider time,
        ILogger logger)
    {
        _loops = loops;
        _limits = limits;
        _settings = settings;
        _router = router;
        _time = time;
        _logger = logger;
        _socket = Bind(address);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    /// <summary>The address listened on, with the port that the system chose where 0 was asked for.</summary>
    public IPEndPoint EndPoint { get; }

    public int ConnectionCount => _connections.Count;

    public void Start()
    {
        _socket.Listen(_settings.Backlog);
        _accepting = AcceptAsync();
        _sweep = _time.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _accepting;
        if (_sweep is not null) await _sweep.DisposeAsync();
        foreach (ClientConnection connection in _connections.Keys) connection.Close(null);
        await Task.WhenAll(_connections.Values);
        _stopping.Dispose();
    }

    private static Socket Bind(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new IOException($"Cannot listen on {address}: {error.Message}. Choose another address with --listener.", error);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Accept(await _socket.AcceptAsync(_stopping.Token));
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException error)
            {
                // Out of file handles, or a peer that left while it waited: the next one may do better. The pause keeps
                // a lasting shortage from taking a whole core.
                LogAcceptFailed(error, EndPoint);
                await Task.Delay(TimeSpan.FromMilliseconds(50), _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Accept(Socket socket)
    {
        if (_connections.Count >= _settings.ConnectionsMax)
        {
            LogTooMany(socket.RemoteEndPoint, _settings.ConnectionsMax, "max.connections");
            socket.Dispose();
            return;
        }

        if (IsFromCrowdedAddress(socket))
        {
            LogTooMany(socket.RemoteEndPoint, _settings.ConnectionsPerIpMax, "max.connections.per.ip");
            socket.Dispose();
            return;
        }

        socket.NoDelay = true;
        if (_settings.SendBufferBytes > 0) socket.SendBufferSize = _settings.SendBufferBytes;
        if (_settings.ReceiveBufferBytes > 0) socket.ReceiveBufferSize = _settings.ReceiveBufferBytes;
        var connection = new ClientConnection(Adopt(socket), _limits, _router, _time, _logger);

        // On another thread: a peer that always has something to say would otherwise keep this loop from accepting others.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ServeAsync(connection, started.Task);
        started.SetResult();
    }

    private IConnectionSocket Adopt(Socket socket)
    {
        try
        {
            return _loops is null ? new SystemSocket(socket, _time) : _loops.Attach(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsFromCrowdedAddress(Socket socket)
    {
        // Without a limit, the usual case, nothing is counted.
        if (_settings.ConnectionsPerIpMax == int.MaxValue || socket.RemoteEndPoint is not IPEndPoint peer) return false;
        int open = _connections.Keys.Count(connection => connection.RemoteEndPoint is IPEndPoint other && other.Address.Equals(peer.Address));
        return open >= _settings.ConnectionsPerIpMax;
    }

    private async Task ServeAsync(ClientConnection connection, Task registered)
    {
        await registered;
        await connection.RunAsync();
        _connections.TryRemove(connection, out _);
    }

    private void Sweep()
    {
        foreach (ClientConnection connection in _connections.Keys)
        {
            if (connection.Overdue() is { } reason) connection.Close(reason);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused a connection from {Peer}: {Limit} are open already ({Key})")]
    private partial void LogTooMany(EndPoint? peer, int limit, string key);

    [LoggerMessage(Level = LogLevel.Error, Message = "Accepting a connection on {Address} failed")]
    private partial void LogAcceptFailed(Exception error, EndPoint address);
}
