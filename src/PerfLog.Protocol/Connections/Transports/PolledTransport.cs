using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using PerfLog.Polling;

namespace PerfLog.Protocol.Connections.Transports;

/// <summary>
/// A connection whose bytes go as they are, on Linux: what comes is taken by the thread that saw it come, so that an answer costs one
/// wake-up where .NET's sockets take two, that of its loop and that of a thread of the pool.
/// </summary>
internal sealed class PolledTransport : Transport
{
    // The other half of the processors is for those who use the clients. The threads are started with their first connections.
    private static readonly PollLoops Loops = new(Math.Max(1, Environment.ProcessorCount / 2), TimeProvider.System, "PerfLog client", looks: false);

    private readonly PolledSocket _socket;

    private PolledTransport(PolledSocket socket) => _socket = socket;

    public static bool IsSupported => PollLoops.IsSupported;

    /// <summary>Connects to the first of a host's addresses that answers.</summary>
    /// <exception cref="SocketException">None does.</exception>
    public static async Task<PolledTransport> ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
        SocketException? failure = null;
        foreach (IPAddress address in addresses)
        {
            try
            {
                return new PolledTransport(await PolledSocket.ConnectAsync(new IPEndPoint(address, port), Loops, cancellation).ConfigureAwait(false));
            }
            catch (SocketException refused)
            {
                failure = refused;
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> into) => _socket.ReceiveAsync(into);

    public override ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        ValueTask sending = _socket.SendAsync(bytes);
        return sending.IsCompletedSuccessfully ? new(bytes.Length) : SendLaterAsync(sending, bytes.Length);
    }

    public override ValueTask EndSendingAsync()
    {
        _socket.EndSending();
        return ValueTask.CompletedTask;
    }

    public override void Dispose() => _socket.Dispose();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<int> SendLaterAsync(ValueTask sending, int bytes)
    {
        await sending.ConfigureAwait(false);
        return bytes;
    }
}
