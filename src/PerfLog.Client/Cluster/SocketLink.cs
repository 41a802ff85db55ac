using PerfLog.Buffers;
using PerfLog.Client.Admin;
using PerfLog.Protocol;
using PerfLog.Protocol.Connections;

namespace PerfLog.Client.Cluster;

/// <summary>A connection over TCP as a client's way to a broker.</summary>
internal sealed class SocketLink(BrokerConnection connection) : IBrokerLink
{
    public string Peer => connection.Peer;

    public short VersionOf<TRequest>(short highest)
        where TRequest : IRequestMessage => connection.VersionOf<TRequest>(highest);

    public ValueTask<TResponse> SendAsync<TRequest, TResponse>(TRequest request, short version, CancellationToken cancellation)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse> =>
        connection.SendAsync<TRequest, TResponse>(request, version, cancellation);

    public ValueTask<BufferLease> SendFrameAsync(Memory<byte> frame, CancellationToken cancellation) =>
        connection.SendFrameAsync(frame, cancellation);

    public ValueTask SendUnansweredFrameAsync(Memory<byte> frame, CancellationToken cancellation) =>
        connection.SendUnansweredFrameAsync(frame, cancellation);

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

/// <summary>Opens connections over TCP, all with the same options.</summary>
internal sealed class SocketLinkOpener(BrokerConnectionOptions options) : IBrokerLinkOpener
{
    public async Task<IBrokerLink> OpenAsync(BrokerAddress address, CancellationToken cancellation) =>
        new SocketLink(await BrokerConnection.ConnectAsync(address.Host, address.Port, options, cancellation).ConfigureAwait(false));
}
