using System.Net.Sockets;

namespace PerfLog.Protocol.Connections.Transports;

/// <summary>A connection whose bytes go as they are, driven by .NET: nothing is copied and nothing allocated between the caller and the socket.</summary>
internal sealed class SocketTransport(Socket socket) : Transport
{
    public override ValueTask<int> ReceiveAsync(Memory<byte> into) => socket.ReceiveAsync(into);

    public override ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes) => socket.SendAsync(bytes, SocketFlags.None, CancellationToken.None);

    public override ValueTask EndSendingAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    public override void Dispose() => socket.Dispose();
}
