using PerfLog.Buffers;
using PerfLog.Client.Admin;
using PerfLog.Protocol;
using PerfLog.Protocol.Connections;

namespace PerfLog.Client.Cluster;

/// <summary>
/// A way to one broker over which many requests may be under way. Any thread may send. Its failures are
/// <see cref="IOException"/>s, after which it is of no use.
/// </summary>
internal interface IBrokerLink : IAsyncDisposable
{
    /// <summary>Host and port of the broker.</summary>
    string Peer { get; }

    /// <summary>The highest version of a request that both sides speak, at most <paramref name="highest"/>.</summary>
    short VersionOf<TRequest>(short highest = short.MaxValue)
        where TRequest : IRequestMessage;

    ValueTask<TResponse> SendAsync<TRequest, TResponse>(TRequest request, short version, CancellationToken cancellation)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse>;

    /// <summary>
    /// Sends a prebuilt frame, borrowed until the task completes. Calls made one after the other are sent in that order. What
    /// follows the await may hold up other answers, and so has to be short.
    /// </summary>
    /// <returns>The answer without its length, header included; the caller disposes it.</returns>
    ValueTask<BufferLease> SendFrameAsync(Memory<byte> frame, CancellationToken cancellation);

    /// <summary>
    /// Sends a prebuilt frame, borrowed until the task completes: until it is written. The handler takes the answer, and
    /// any failure, which may be before the task completes.
    /// </summary>
    ValueTask SendFrameAsync(Memory<byte> frame, IResponseHandler handler);

    /// <summary>Sends a prebuilt frame that the broker does not answer.</summary>
    ValueTask SendUnansweredFrameAsync(Memory<byte> frame, CancellationToken cancellation);
}

/// <summary>Opens ways to brokers: over sockets, or in a test to a script.</summary>
internal interface IBrokerLinkOpener
{
    Task<IBrokerLink> OpenAsync(BrokerAddress address, LinkLane lane, CancellationToken cancellation);
}
