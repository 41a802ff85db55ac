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

    public ValueTask SendFrameAsync(Memory<byte> frame, IResponseHandler handler) => connection.SendFrameAsync(frame, handler);

    public ValueTask SendUnansweredFrameAsync(Memory<byte> frame, CancellationToken cancellation) =>
        connection.SendUnansweredFrameAsync(frame, cancellation);

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

/// <summary>Opens connections over TCP.</summary>
/// <param name="options">What they are made with.</param>
/// <param name="groupTimeout">How long an answer of a group's coordinator may take, which waits for other members.</param>
internal sealed class SocketLinkOpener(BrokerConnectionOptions options, TimeSpan groupTimeout = default) : IBrokerLinkOpener
{
    public async Task<IBrokerLink> OpenAsync(BrokerAddress address, LinkLane lane, CancellationToken cancellation)
    {
        bool isPatient = lane == LinkLane.Group && groupTimeout > options.RequestTimeout;
        BrokerConnectionOptions chosen = isPatient ? options with { RequestTimeout = groupTimeout } : options;
        return new SocketLink(await BrokerConnection.ConnectAsync(address.Host, address.Port, chosen, cancellation).ConfigureAwait(false));
    }
}
