using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace PerfLog.Interop;

/// <summary>
/// Stands between clients and a broker, and cuts connections when told to: bytes already sent may or may not have
/// arrived, and answers are lost.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> _open = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private int _brokerPort;

    public CuttingProxy()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The connections cut so far.</summary>
    public int Cuts { get; private set; }

    public void ForwardTo(int brokerPort) => Volatile.Write(ref _brokerPort, brokerPort);

    /// <summary>Cuts every open connection, both ways at once.</summary>
    public void Cut()
    {
        foreach (TcpClient end in _open.Keys)
        {
            // A reset, not a polite close: what is under way is lost.
            if (!_open.TryRemove(end, out _)) continue;
            end.LingerState = new LingerOption(true, 0);
            end.Close();
            Cuts++;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                _ = ForwardAsync(client);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy was disposed.
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        var broker = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        _open[client] = 0;
        _open[broker] = 0;
        try
        {
            await broker.ConnectAsync(IPAddress.Loopback, Volatile.Read(ref _brokerPort), _stopping.Token);
            Task up = client.GetStream().CopyToAsync(broker.GetStream(), _stopping.Token);
            Task down = broker.GetStream().CopyToAsync(client.GetStream(), _stopping.Token);
            await await Task.WhenAny(up, down);
        }
        catch (Exception cut) when (cut is IOException or SocketException or ObjectDisposedException
            or OperationCanceledException or InvalidOperationException)
        {
            // One side is gone; the other goes with it below.
        }

        Close(client);
        Close(broker);
    }

    private void Close(TcpClient end)
    {
        _open.TryRemove(end, out _);
        end.Dispose();
    }
}
