using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using PerfLog.Wire;

namespace PerfLog.Protocol.Tests.Connections;

/// <summary>A peer on loopback that reads frames and answers what the test says, byte by byte.</summary>
public sealed class ScriptedBroker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private Socket? _client;

    public ScriptedBroker() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async Task AcceptAsync() => _client = await _listener.AcceptSocketAsync();

    /// <summary>The next request without its length; null at the end of the stream.</summary>
    public async Task<byte[]?> ReadAsync()
    {
        byte[]? length = await ReadExactlyAsync(4);
        return length is null ? null : await ReadExactlyAsync(BinaryPrimitives.ReadInt32BigEndian(length));
    }

    public async Task AnswerAsync<T>(T response, short version, int correlationId)
        where T : IResponseMessage => await SendAsync(Frame(response, version, correlationId));

    public async Task SendAsync(byte[] bytes) => await _client!.SendAsync(bytes);

    public void Hang() => _client!.Dispose();

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    public static byte[] Frame<T>(T response, short version, int correlationId)
        where T : IResponseMessage
    {
        byte[] frame = new byte[ResponseFrame.Size(response, version)];
        WireWriter writer = new(frame);
        ResponseFrame.Write(ref writer, response, version, correlationId, frame.Length);
        return frame;
    }

    public static int CorrelationIdOf(byte[] request) => BinaryPrimitives.ReadInt32BigEndian(request.AsSpan(4));

    public static short VersionOf(byte[] request) => BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2));

    private async Task<byte[]?> ReadExactlyAsync(int count)
    {
        byte[] bytes = new byte[count];
        for (int read = 0; read < count;)
        {
            int received = await ReceiveAsync(bytes.AsMemory(read));
            if (received == 0) return null;
            read += received;
        }

        return bytes;
    }

    private async Task<int> ReceiveAsync(Memory<byte> bytes)
    {
        try
        {
            return await _client!.ReceiveAsync(bytes);
        }
        catch (SocketException)
        {
            // The other side closed while bytes of ours were still on their way to it.
            return 0;
        }
    }
}
