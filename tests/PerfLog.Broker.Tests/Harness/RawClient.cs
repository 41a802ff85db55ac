using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using PerfLog.Protocol;
using PerfLog.Wire;

namespace PerfLog.Broker.Tests.Harness;

/// <summary>
/// A client as plain as can be: it sends bytes over a blocking socket and reads frames back. Nothing in it knows what is
/// legal, so that it can say what no proper client says. One thread at a time, but sending and receiving may be two.
/// </summary>
internal sealed class RawClient : IDisposable
{
    // Only a broker that hangs is waited for so long; it makes the test fail, not the test run.
    private const int PatienceMs = 30_000;

    private readonly Socket _socket;
    private int _correlationId;

    public RawClient(IPEndPoint broker, string? clientId = "raw", int? receiveBufferBytes = null)
    {
        ClientId = clientId;
        _socket = new Socket(broker.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.ReceiveTimeout = PatienceMs;
        _socket.SendTimeout = PatienceMs;
        if (receiveBufferBytes is { } bytes) _socket.ReceiveBufferSize = bytes;
        _socket.Connect(broker);
    }

    public string? ClientId { get; }

    public static byte[] Frame<TRequest>(TRequest request, short version, int correlationId, string? clientId = "raw")
        where TRequest : IRequestMessage
    {
        byte[] frame = new byte[RequestFrame.Size(request, version, clientId)];
        var writer = new WireWriter(frame);
        RequestFrame.Write(ref writer, request, version, correlationId, clientId, frame.Length);
        return frame;
    }

    public void SendBytes(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes, SocketFlags.None)..];
    }

    /// <summary>Sends to a broker that may have closed already.</summary>
    public bool TrySendBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            SendBytes(bytes);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <returns>The correlation id that the answer must carry.</returns>
    public int Send<TRequest>(TRequest request, short version)
        where TRequest : IRequestMessage
    {
        int correlationId = ++_correlationId;
        SendBytes(Frame(request, version, correlationId, ClientId));
        return correlationId;
    }

    public TResponse Call<TRequest, TResponse>(TRequest request, short version)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        int correlationId = Send(request, version);
        return Receive<TResponse>(version, correlationId);
    }

    public TResponse Receive<TResponse>(short version, int correlationId)
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        byte[] frame = ReceiveFrame();
        var reader = new WireReader(frame);
        Assert.Equal(correlationId, ResponseFrame.ReadHeader(ref reader, TResponse.ApiKey, version));
        TResponse response = TResponse.Read(ref reader, version);
        Assert.False(reader.Failed, reader.Failure);
        Assert.Equal(0, reader.Remaining);
        return response;
    }

    /// <summary>The next frame, without its size field.</summary>
    public byte[] ReceiveFrame()
    {
        byte[] size = ReceiveBytes(sizeof(int));
        return ReceiveBytes(BinaryPrimitives.ReadInt32BigEndian(size));
    }

    public byte[] ReceiveBytes(int count)
    {
        byte[] bytes = new byte[count];
        ReceiveInto(bytes);
        return bytes;
    }

    public void ReceiveInto(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int received = _socket.Receive(bytes, SocketFlags.None);
            if (received == 0) throw new EndOfStreamException("The broker closed the connection in place of an answer.");
            bytes = bytes[received..];
        }
    }

    /// <summary>Whether bytes, or the connection's end, are there or come within the time.</summary>
    public bool HasNews(int withinMs) => _socket.Poll(withinMs * 1000, SelectMode.SelectRead);

    /// <summary>Waits for the broker to close; what it sends before that is dropped.</summary>
    /// <returns>False when it did not.</returns>
    public bool IsClosedByBroker()
    {
        byte[] dropped = new byte[64 * 1024];
        try
        {
            while (_socket.Receive(dropped) > 0)
            {
            }

            return true;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    /// <summary>Says that nothing more will be sent, as a client that dies does.</summary>
    public void FinishSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Closed by the broker already.
        }
    }

    public void Dispose() => _socket.Dispose();
}
