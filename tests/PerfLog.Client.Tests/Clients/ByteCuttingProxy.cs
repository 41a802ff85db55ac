using System.Net;
using System.Net.Sockets;

namespace PerfLog.Client.Tests.Clients;

/// <summary>
/// Stands between a client and a broker. It cuts each new connection after a number of bytes of one direction, which the test
/// says; null lets it be.
/// </summary>
internal sealed class ByteCuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _broker;
    private readonly Func<(bool Upwards, int AfterBytes)?> _next;
    private readonly Task _accepting;

    public ByteCuttingProxy(IPEndPoint broker, Func<(bool Upwards, int AfterBytes)?> next)
    {
        (_broker, _next) = (broker, next);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ForwardAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception stopped) when (stopped is SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using Socket near = client;
        using Socket far = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        (bool Upwards, int AfterBytes)? cut = _next();
        try
        {
            await far.ConnectAsync(_broker);
            await Task.WhenAny(
                CopyAsync(near, far, cut is { Upwards: true } up ? up.AfterBytes : int.MaxValue),
                CopyAsync(far, near, cut is { Upwards: false } down ? down.AfterBytes : int.MaxValue));
        }
        catch (SocketException)
        {
            // The broker is gone.
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, int bytesMax)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (bytesMax > 0)
            {
                int received = await from.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, bytesMax)));
                if (received == 0) return;
                for (int sent = 0; sent < received;) sent += await to.SendAsync(buffer.AsMemory(sent, received - sent));
                bytesMax -= received;
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The other direction ended.
        }
    }
}
