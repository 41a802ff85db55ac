using System.Buffers;
using PerfLog.Buffers;
using PerfLog.Client.Admin;
using PerfLog.Client.Cluster;
using PerfLog.Protocol;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Client.Tests.Scripted;

/// <summary>
/// A connection in memory: what is sent over it waits for the test's answer. An answer runs what follows it on the test's own
/// thread, as a real one does on the connection's.
/// </summary>
internal sealed class ScriptedLink(ScriptedCluster cluster, BrokerAddress address, LinkLane lane) : IBrokerLink
{
    private readonly List<Action<BrokerConnectionException>> _waiting = [];
    private bool _broken;

    public string Peer => $"{address.Host}:{address.Port}";

    public short VersionOf<TRequest>(short highest)
        where TRequest : IRequestMessage
    {
        short known = cluster.Highest.GetValueOrDefault(TRequest.ApiKey, short.MaxValue);
        if (known < 0) throw new UnsupportedApiException(Peer, TRequest.ApiKey, TRequest.Versions, theirs: null);
        return Math.Min(Math.Min(TRequest.Versions.Highest, highest), known);
    }

    public async ValueTask<TResponse> SendAsync<TRequest, TResponse>(TRequest request, short version, CancellationToken cancellation)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        TaskCompletionSource<TResponse> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Ask(request, version, response => answer.TrySetResult((TResponse)response), failure => answer.TrySetException(failure));
        return await answer.Task.WaitAsync(cancellation);
    }

    public async ValueTask<BufferLease> SendFrameAsync(Memory<byte> frame, CancellationToken cancellation)
    {
        TaskCompletionSource<BufferLease> answer = new();
        (FetchRequest request, short version) = Read<FetchRequest>(frame.Span);
        Ask(request, version, response => answer.TrySetResult(Lease((FetchResponse)response, version)), failure => answer.TrySetException(failure));
        return await answer.Task.WaitAsync(cancellation);
    }

    public ValueTask SendFrameAsync(Memory<byte> frame, IResponseHandler handler)
    {
        (ProduceRequest request, short version) = Read<ProduceRequest>(frame.Span);
        Ask(request, version, response => handler.Answered(Bytes((ProduceResponse)response, version)), handler.Failed);
        return ValueTask.CompletedTask;
    }

    public ValueTask SendUnansweredFrameAsync(Memory<byte> frame, CancellationToken cancellation)
    {
        (ProduceRequest request, short version) = Read<ProduceRequest>(frame.Span);
        Ask(request, version, static _ => throw new InvalidOperationException("It wants no answer."), static _ => { });
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Break("it was closed");
        return ValueTask.CompletedTask;
    }

    private void Break(string reason)
    {
        Action<BrokerConnectionException>[] waiting;
        lock (_waiting)
        {
            _broken = true;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (Action<BrokerConnectionException> fail in waiting) fail(new BrokerConnectionException(Peer, reason));
    }

    private void Ask<TRequest>(TRequest request, short version, Action<IProtocolMessage> answer, Action<BrokerConnectionException> fail)
    {
        bool isOpen;
        lock (_waiting)
        {
            isOpen = !_broken;
            if (isOpen) _waiting.Add(fail);
        }

        if (!isOpen)
        {
            fail(new BrokerConnectionException(Peer, "it is closed"));
            return;
        }

        cluster.Take(new Asked<object>(address, lane, version, request!, cluster.Time.GetUtcNow())
        {
            Answer = response =>
            {
                lock (_waiting) Assert.True(_waiting.Remove(fail), "The request is answered already.");
                answer(response);
            },
            Break = () => Break("the script broke it"),
        });
    }

    private static (TRequest Request, short Version) Read<TRequest>(ReadOnlySpan<byte> frame)
        where TRequest : IRequestMessage, IReadable<TRequest>
    {
        var reader = new WireReader(frame[RequestFrame.LengthBytes..]);
        Assert.Equal(TRequest.ApiKey, (ApiKey)reader.ReadInt16());
        short version = reader.ReadInt16();
        reader.ReadInt32();
        reader.ReadStringBytes(compact: false, out _);
        if (HeaderVersions.Request(TRequest.ApiKey, version) == HeaderVersions.FlexibleRequest) reader.SkipTaggedFields();
        TRequest request = TRequest.Read(ref reader, version);
        Assert.False(reader.Failed, reader.Failure);
        return (request, version);
    }

    private static byte[] Bytes<TResponse>(TResponse response, short version)
        where TResponse : IResponseMessage
    {
        byte[] bytes = new byte[ResponseFrame.Size(response, version)];
        var writer = new WireWriter(bytes);
        ResponseFrame.Write(ref writer, response, version, correlationId: 0, bytes.Length);
        return bytes[RequestFrame.LengthBytes..];
    }

    private static BufferLease Lease(FetchResponse response, short version)
    {
        byte[] bytes = Bytes(response, version);
        BufferLease lease = new(MemoryPool<byte>.Shared, bytes.Length);
        bytes.CopyTo(lease.Span);
        return lease;
    }
}
