using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;

namespace PerfLog.Protocol.Tests.Connections;

/// <summary>Counts what the whole process allocates, and so runs by itself.</summary>
[CollectionDefinition(nameof(BrokerConnectionAllocationTests), DisableParallelization = true)]
[Collection(nameof(BrokerConnectionAllocationTests))]
public sealed class BrokerConnectionAllocationTests
{
    private const int Requests = 1000;
    private const int RoundsMax = 20;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_whose_answer_a_handler_takes_allocates_nothing_between_caller_and_socket(bool isPolled)
    {
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Thread answering = new(() => Answer(listener.Accept()));
        answering.Start();
        BrokerConnection connection = await BrokerConnection.ConnectAsync("127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port, new() { IsPolled = isPolled });
        using (Answers answers = new())
        {
            byte[] frame = new byte[100];
            BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - sizeof(int));

            // Of all threads, so that other work of the process may show: the best round counts, and less than a byte for a request is none.
            long least = long.MaxValue;
            for (int round = 0; round < RoundsMax && least >= Requests; round++) least = Math.Min(least, Allocated(connection, frame, answers));

            Assert.InRange(least, 0, Requests - 1);
        }

        await connection.DisposeAsync();
        answering.Join();
    }

    private static long Allocated(BrokerConnection connection, byte[] frame, Answers answers)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int sent = 0; sent < Requests; sent++)
        {
            ValueTask written = connection.SendFrameAsync(frame, answers);
            answers.Wait();
            if (written.IsCompletedSuccessfully) written.GetAwaiter().GetResult();
            else written.AsTask().Wait();
        }

        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    // The question for versions first, then whatever comes: an answer is a correlation id.
    private static void Answer(Socket client)
    {
        using Socket near = client;
        byte[] bytes = new byte[1024];
        byte[] answer = new byte[sizeof(int) + sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(answer, sizeof(int));
        if (!TryRead(near, bytes)) return;
        ApiVersionsResponse versions = new() { ApiKeys = [new() { ApiKey = (short)ApiKey.ApiVersions, MinVersion = 0, MaxVersion = 4 }] };
        near.Send(ScriptedBroker.Frame(versions, 4, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4))));
        while (TryRead(near, bytes))
        {
            bytes.AsSpan(4, sizeof(int)).CopyTo(answer.AsSpan(sizeof(int)));
            near.Send(answer);
        }
    }

    /// <summary>Reads a request without its length to the start of the buffer.</summary>
    private static bool TryRead(Socket from, byte[] bytes)
    {
        if (!TryFill(from, bytes.AsSpan(0, sizeof(int)))) return false;
        return TryFill(from, bytes.AsSpan(0, BinaryPrimitives.ReadInt32BigEndian(bytes)));
    }

    private static bool TryFill(Socket from, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int received = from.Receive(bytes, SocketFlags.None, out SocketError error);
            if (received == 0 || error != SocketError.Success) return false;
            bytes = bytes[received..];
        }

        return true;
    }

    private sealed class Answers : IResponseHandler, IDisposable
    {
        private readonly SemaphoreSlim _arrived = new(0);

        public void Answered(ReadOnlySpan<byte> frame) => _arrived.Release();

        public void Failed(BrokerConnectionException failure) => throw failure;

        public void Wait() => Assert.True(_arrived.Wait(TimeSpan.FromSeconds(10)));

        public void Dispose() => _arrived.Dispose();
    }
}
