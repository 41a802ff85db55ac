using System.Collections.Concurrent;
using PerfLog.Buffers;
using PerfLog.Client.Admin;
using PerfLog.Client.Cluster;
using PerfLog.Client.Tests.Scripted;
using PerfLog.Protocol;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Client.Tests.Producing;

/// <summary>
/// Brokers that take every batch of one partition at once, and answer on a thread of their own, as a connection does; they count what
/// that thread allocates while it runs the producer's code.
/// </summary>
internal sealed class AnsweringLinks : IBrokerLinkOpener, IDisposable
{
    private readonly ScriptedCluster _metadata = new();
    private readonly BlockingCollection<IResponseHandler> _asked = [];
    private readonly Thread _answering;
    private readonly byte[] _answer;
    private long _allocated;
    private long _answered;

    public AnsweringLinks()
    {
        _answer = Bytes(new ProduceResponse
        {
            Responses = [new() { Name = ScriptedCluster.Topic, PartitionResponses = [new() { Index = 0, BaseOffset = 5 }] }],
        });
        _answering = new Thread(AnswerAll) { IsBackground = true, Name = "answers" };
        _answering.Start();
    }

    /// <summary>What the producer's code allocated on the thread of the answers.</summary>
    public long AllocatedBytes => Volatile.Read(ref _allocated);

    public long AnswersCount => Volatile.Read(ref _answered);

    public async Task<IBrokerLink> OpenAsync(BrokerAddress address, LinkLane lane, CancellationToken cancellation) =>
        new AnsweringLink(this, await _metadata.OpenAsync(address, lane, cancellation));

    public void Dispose()
    {
        _asked.CompleteAdding();
        _answering.Join();
        _asked.Dispose();
    }

    private void AnswerAll()
    {
        foreach (IResponseHandler handler in _asked.GetConsumingEnumerable())
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            handler.Answered(_answer);
            Volatile.Write(ref _allocated, _allocated + GC.GetAllocatedBytesForCurrentThread() - before);
            Volatile.Write(ref _answered, _answered + 1);
        }
    }

    private static byte[] Bytes(ProduceResponse response)
    {
        short version = Math.Min(ProduceRequest.Versions.Highest, PerfLog.Protocol.Hot.ProduceResponseReader.HighestVersion);
        byte[] bytes = new byte[ResponseFrame.Size(response, version)];
        var writer = new WireWriter(bytes);
        ResponseFrame.Write(ref writer, response, version, correlationId: 0, bytes.Length);
        return bytes[RequestFrame.LengthBytes..];
    }

    /// <summary>Metadata comes from the script.</summary>
    private sealed class AnsweringLink(AnsweringLinks owner, IBrokerLink script) : IBrokerLink
    {
        public string Peer => script.Peer;

        public short VersionOf<TRequest>(short highest)
            where TRequest : IRequestMessage => script.VersionOf<TRequest>(highest);

        public ValueTask<TResponse> SendAsync<TRequest, TResponse>(TRequest request, short version, CancellationToken cancellation)
            where TRequest : IRequestMessage
            where TResponse : IResponseMessage, IReadable<TResponse> => script.SendAsync<TRequest, TResponse>(request, version, cancellation);

        public ValueTask<BufferLease> SendFrameAsync(Memory<byte> frame, CancellationToken cancellation) =>
            throw new NotSupportedException("Nobody fetches here.");

        public ValueTask SendFrameAsync(Memory<byte> frame, IResponseHandler handler)
        {
            owner._asked.Add(handler);
            return ValueTask.CompletedTask;
        }

        public ValueTask SendUnansweredFrameAsync(Memory<byte> frame, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => script.DisposeAsync();
    }
}
