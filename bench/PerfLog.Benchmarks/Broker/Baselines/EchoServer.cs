using System.Net.Sockets;

namespace PerfLog.Benchmarks.Broker.Baselines;

/// <summary>Sends back what it receives: the least that a request and its answer can cost over a socket.</summary>
internal static class EchoServer
{
    private const int BlockBytes = 256 * 1024;

    private static readonly byte[] Block = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

    public static async Task ServeAsync(Socket client)
    {
        while (await client.ReceiveAsync(Block.AsMemory(), SocketFlags.None) is int received and > 0)
        {
            for (int sent = 0; sent < received;) sent += await client.SendAsync(Block.AsMemory(sent, received - sent));
        }
    }
}
