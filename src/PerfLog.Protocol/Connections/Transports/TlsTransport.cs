using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;

namespace PerfLog.Protocol.Connections.Transports;

/// <summary>A connection through TLS.</summary>
internal sealed class TlsTransport : Transport
{
    private readonly Socket _socket;
    private readonly SslStream _stream;

    private TlsTransport(Socket socket, SslStream stream) => (_socket, _stream) = (socket, stream);

    /// <summary>Shakes hands over a connected socket, which is the transport's from then on, and still the caller's when this fails.</summary>
    /// <exception cref="SslAuthenticationException">The broker is not whom it should be, or both agree on nothing.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public static async Task<TlsTransport> OpenAsync(
        Socket socket, string host, string peer, TlsOptions options, CancellationToken cancellation)
    {
        var verdict = new CertificateVerdict(host);
        SslStream stream = new(new NetworkStream(socket, ownsSocket: false));
        try
        {
            await stream.AuthenticateAsClientAsync(options.ForHost(host, verdict.Check), cancellation).ConfigureAwait(false);
            return new TlsTransport(socket, stream);
        }
        catch (Exception failure)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            switch (failure)
            {
                case AuthenticationException:
                    throw new SslAuthenticationException(peer, verdict.Complaint ?? NoAgreement(failure), failure);
                case IOException:
                    const string Ended = "the connection ended while TLS was agreed on: this port may not speak TLS (security.protocol)";
                    throw new BrokerConnectionException(peer, Ended, failure);
                default:
                    throw;
            }
        }
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> into) => _stream.ReadAsync(into);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _stream.WriteAsync(bytes).ConfigureAwait(false);
        return bytes.Length;
    }

    public override async ValueTask EndSendingAsync()
    {
        await _stream.ShutdownAsync().ConfigureAwait(false);
        _socket.Shutdown(SocketShutdown.Send);
    }

    public override void Dispose()
    {
        // The socket first: it ends a read that is under way, which the stream would wait for.
        _socket.Dispose();
        _stream.Dispose();
    }

    private static string NoAgreement(Exception failure)
    {
        string innermost = failure.GetBaseException().Message.TrimEnd('.');
        return $"TLS could not be agreed on: {innermost} (security.protocol, ssl.enabled.protocols, ssl.keystore.location)";
    }
}
