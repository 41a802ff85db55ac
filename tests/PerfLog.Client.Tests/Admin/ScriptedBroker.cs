using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Client.Tests.Admin;

/// <summary>A broker that knows no topics: it answers what its script says, for cases that a healthy broker never shows.</summary>
internal sealed class ScriptedBroker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<ApiKey, IProtocolMessage> _script;
    private readonly List<Socket> _connections = [];
    private readonly Task _serving;

    public ScriptedBroker(Func<ApiKey, IProtocolMessage> script)
    {
        _script = script;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Address => $"127.0.0.1:{Port}";

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        CloseConnections();
        await _serving;
    }

    public void CloseConnections()
    {
        lock (_connections)
        {
            foreach (Socket connection in _connections) connection.Dispose();
            _connections.Clear();
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                Socket connection = await _listener.AcceptSocketAsync();
                lock (_connections) _connections.Add(connection);
                _ = AnswerAsync(connection);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(Socket connection)
    {
        try
        {
            using var stream = new NetworkStream(connection, ownsSocket: true);
            byte[] length = new byte[4];
            while (true)
            {
                await stream.ReadExactlyAsync(length);
                byte[] request = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
                await stream.ReadExactlyAsync(request);
                await stream.WriteAsync(Answer(request));
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The client or the test closed the connection.
        }
    }

    private byte[] Answer(byte[] request)
    {
        var key = (ApiKey)BinaryPrimitives.ReadInt16BigEndian(request);
        short version = BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2));
        IProtocolMessage response = key == ApiKey.ApiVersions ? Versions() : _script(key);
        bool hasTags = HeaderVersions.Response(key, version) == HeaderVersions.FlexibleResponse;
        int headerBytes = sizeof(int) + (hasTags ? 1 : 0);
        byte[] frame = new byte[sizeof(int) + headerBytes + response.Size(version)];
        var writer = new WireWriter(frame);
        writer.WriteInt32(frame.Length - sizeof(int));
        writer.WriteInt32(BinaryPrimitives.ReadInt32BigEndian(request.AsSpan(4)));
        if (hasTags) writer.WriteEmptyTaggedFields();
        response.Write(ref writer, version);
        return frame;
    }

    private static ApiVersionsResponse Versions() => new()
    {
        ApiKeys =
        [
            new() { ApiKey = (short)ApiKey.ApiVersions, MinVersion = 0, MaxVersion = 3 },
            new() { ApiKey = (short)ApiKey.Metadata, MinVersion = 0, MaxVersion = 12 },
            new() { ApiKey = (short)ApiKey.DeleteTopics, MinVersion = 0, MaxVersion = 4 },
        ],
    };
}
