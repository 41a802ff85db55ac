using System.Net;
using System.Net.Sockets;

namespace PerfLog.Benchmarks.Broker.Baselines;

/// <summary>
/// A bare server that does one thing only, so that it shows what the machine can do at best. It runs in a process of its
/// own, as the broker does, and serves one connection at a time until it is ended.
/// </summary>
internal static class BaselineServer
{
    public static async Task RunAsync(int port, Func<Socket, Task> serveAsync)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen();
        while (true)
        {
            using Socket client = await listener.AcceptAsync();
            client.NoDelay = true;
            try
            {
                await serveAsync(client);
            }
            catch (SocketException)
            {
                // The client is gone; the next one may come.
            }
        }
    }
}
