using System.Buffers.Binary;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using PerfLog.Broker.Networking;
using PerfLog.Polling;
using PerfLog.Protocol;

namespace PerfLog.Broker.Tests.Networking;

/// <summary>Goal: answers leave in order, as few at a time as a peer needs that waits, as many as it can use that does not.</summary>
public sealed class ClientConnectionTests
{
    private const int LongBodyBytes = 40 * 1024;

    [Fact]
    public async Task Answers_to_short_frames_of_one_receive_leave_together()
    {
        Peer peer = await ServeAsync(frames: 20, bodyBytes: 10);

        Assert.Equal([20], peer.AnswersBySend);
    }

    [Fact]
    public async Task While_more_waits_in_the_socket_answers_to_long_frames_leave_together()
    {
        Peer peer = await ServeAsync(frames: 40, LongBodyBytes);

        Assert.Equal(40, peer.AnswersBySend.Sum());
        Assert.Contains(peer.AnswersBySend, static answers => answers > 2);
        Assert.True(peer.Sends <= peer.FilledReceives + peer.FramesOfLastReceive, $"{peer.Sends} sends for {peer.FilledReceives} filled receives");
    }

    [Fact]
    public async Task When_all_is_here_each_answer_to_a_long_frame_leaves_before_the_next_is_handled()
    {
        Peer peer = await ServeAsync(frames: 40, LongBodyBytes);

        Assert.InRange(peer.FramesOfLastReceive, 2, 10);
        Assert.All(peer.AnswersBySend.TakeLast(peer.FramesOfLastReceive), static answers => Assert.Equal(1, answers));
    }

    [Fact]
    public async Task Answers_leave_in_the_order_of_their_requests()
    {
        Peer peer = await ServeAsync(frames: 300, bodyBytes: 700);

        Assert.Equal(Enumerable.Range(0, 300), peer.CorrelationIds);
    }

    /// <summary>A peer sends all frames at once and leaves when they are taken.</summary>
    private static async Task<Peer> ServeAsync(int frames, int bodyBytes)
    {
        var answering = new Answering();
        var peer = new Peer([.. Enumerable.Range(0, frames).SelectMany(number => Frame(number, bodyBytes))], answering);
        var connection = new ClientConnection(
            peer, new ConnectionLimits(), new RequestRouter([answering]), TimeProvider.System, NullLogger.Instance);
        await connection.RunAsync();
        return peer;
    }

    /// <summary>A request of Produce, version 3, without a client id.</summary>
    private static byte[] Frame(int correlationId, int bodyBytes)
    {
        const int HeaderBytes = 10;
        byte[] frame = new byte[sizeof(int) + HeaderBytes + bodyBytes];
        BinaryPrimitives.WriteInt32BigEndian(frame, HeaderBytes + bodyBytes);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(6), 3);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), correlationId);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(12), -1);
        return frame;
    }

    /// <summary>Answers each request at once with its correlation id.</summary>
    private sealed class Answering : IRequestHandler
    {
        public const int AnswerBytes = 2 * sizeof(int);

        public int Handled { get; private set; }

        public ApiKey Key => ApiKey.Produce;

        public short LowestVersion => 0;

        public short HighestVersion => 11;

        public void Handle(RequestContext context)
        {
            Handled++;
            Span<byte> answer = context.Response.Rent(AnswerBytes);
            BinaryPrimitives.WriteInt32BigEndian(answer, sizeof(int));
            BinaryPrimitives.WriteInt32BigEndian(answer[sizeof(int)..], context.CorrelationId);
            context.Complete();
        }
    }

    /// <summary>Hands out a stream, as much as there is room for each time, and keeps what it is sent.</summary>
    private sealed class Peer(byte[] stream, Answering answering) : IConnectionSocket
    {
        private readonly List<byte> _sent = [];
        private int _position;
        private int _handledBefore;

        public List<int> AnswersBySend { get; } = [];

        public int Sends => AnswersBySend.Count;

        public int FilledReceives { get; private set; }

        public int FramesOfLastReceive => answering.Handled - _handledBefore;

        public IEnumerable<int> CorrelationIds =>
            _sent.Chunk(Answering.AnswerBytes).Select(static answer => BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(sizeof(int))));

        public EndPoint? RemoteEndPoint => null;

        public ValueTask<int> ReceiveAsync(Memory<byte> room)
        {
            int taken = Math.Min(room.Length, stream.Length - _position);
            if (taken == 0) return new(0);
            if (taken == room.Length) FilledReceives++;
            _handledBefore = answering.Handled;
            stream.AsMemory(_position, taken).CopyTo(room);
            _position += taken;
            return new(taken);
        }

        public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
        {
            AnswersBySend.Add(bytes.Length / Answering.AnswerBytes);
            _sent.AddRange(bytes.Span);
            return ValueTask.CompletedTask;
        }

        public ValueTask<int> SendFileAsync(SafeFileHandle file, long position, int bytes) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
