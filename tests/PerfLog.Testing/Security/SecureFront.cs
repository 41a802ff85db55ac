using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace PerfLog.Testing.Security;

/// <summary>
/// Stands before a broker that knows no security: ends TLS, answers SASL as Kafka's brokers do, and hands on the rest. The broker has to
/// advertise the front's port. Disposal closes every connection.
/// </summary>
public sealed class SecureFront : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<SecuredConnection, Task> _open = [];
    private readonly Task _accepting;
    private int _proofs;
    private int _accepted;

    public SecureFront(SecureFrontOptions options)
    {
        Options = options;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public SecureFrontOptions Options { get; set; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where requests go that are let through; known once the broker runs.</summary>
    public IPEndPoint? Broker { get; set; }

    /// <summary>How often somebody proved who he is.</summary>
    public int Proofs => Volatile.Read(ref _proofs);

    /// <summary>How many connections there have been.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (var (connection, running) in _open)
        {
            connection.Dispose();
            await running;
        }
    }

    internal void Proved() => Interlocked.Increment(ref _proofs);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                SecuredConnection connection = new(await _listener.AcceptSocketAsync(), this);
                Interlocked.Increment(ref _accepted);
                _open[connection] = connection.RunAsync();
            }
        }
        catch (Exception stopped) when (stopped is SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }
}
