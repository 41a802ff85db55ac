using PerfLog.Buffers;
using PerfLog.Client.Admin;
using PerfLog.Client.Cluster;
using PerfLog.Protocol;
using PerfLog.Protocol.Connections;

namespace PerfLog.Client.Tests.Clients;

/// <summary>
/// Real connections that tell of everything that happens on them, right there, before it goes on: a connection is to be opened, is
/// open; a request is to be sent, its answer has come.
/// </summary>
internal sealed class EventfulOpener(Action happens) : IBrokerLinkOpener
{
    private readonly SocketLinkOpener _opener = new(new BrokerConnectionOptions { RequestTimeout = TimeSpan.FromSeconds(10) });

    public async Task<IBrokerLink> OpenAsync(BrokerAddress address, LinkLane lane, CancellationToken cancellation)
    {
        happens();
        IBrokerLink link = await _opener.OpenAsync(address, lane, cancellation);
        happens();
        return new EventfulLink(link, happens);
    }

    private sealed class EventfulLink(IBrokerLink link, Action happens) : IBrokerLink
    {
        public string Peer => link.Peer;

        public short VersionOf<TRequest>(short highest)
            where TRequest : IRequestMessage => link.VersionOf<TRequest>(highest);

        public async ValueTask<TResponse> SendAsync<TRequest, TResponse>(TRequest request, short version, CancellationToken cancellation)
            where TRequest : IRequestMessage
            where TResponse : IResponseMessage, IReadable<TResponse>
        {
            happens();
            TResponse response = await link.SendAsync<TRequest, TResponse>(request, version, cancellation);
            happens();
            return response;
        }

        public async ValueTask<BufferLease> SendFrameAsync(Memory<byte> frame, CancellationToken cancellation)
        {
            happens();
            BufferLease lease = await link.SendFrameAsync(frame, cancellation);
            happens();
            return lease;
        }

        public ValueTask SendFrameAsync(Memory<byte> frame, IResponseHandler handler)
        {
            happens();
            return link.SendFrameAsync(frame, new EventfulHandler(handler, happens));
        }

        public ValueTask SendUnansweredFrameAsync(Memory<byte> frame, CancellationToken cancellation)
        {
            happens();
            return link.SendUnansweredFrameAsync(frame, cancellation);
        }

        public ValueTask DisposeAsync() => link.DisposeAsync();
    }

    private sealed class EventfulHandler(IResponseHandler handler, Action happens) : IResponseHandler
    {
        public void Answered(ReadOnlySpan<byte> frame)
        {
            happens();
            handler.Answered(frame);
        }

        public void Failed(BrokerConnectionException failure) => handler.Failed(failure);
    }
}
