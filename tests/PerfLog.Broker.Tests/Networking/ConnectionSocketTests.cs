using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using PerfLog.Broker.Networking;
using PerfLog.Polling;
using PerfLog.Testing;

namespace PerfLog.Broker.Tests.Networking;

/// <summary>Goal: both ways of driving a connection's socket carry the same bytes, wait without loss and end when told to.</summary>
public sealed class ConnectionSocketTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly PollLoops _loops = new(1, TimeProvider.System);
    private readonly List<IDisposable> _sockets = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (IDisposable socket in _sockets) socket.Dispose();
        await _loops.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_come_back_as_they_were_sent_whatever_the_pieces(bool isPolled)
    {
        const int Bytes = 8 * 1024 * 1024;
        (IConnectionSocket server, Socket client) = Pair(isPolled);
        byte[] sent = new byte[Bytes];
        new Random(7).NextBytes(sent);

        Task echoing = EchoAsync(server);
        Task<byte[]> receiving = ReceiveSlowlyAsync(client, Bytes);
        await client.SendAsync(sent);

        byte[] received = await receiving.WaitAsync(Limit);
        Assert.True(sent.AsSpan().SequenceEqual(received));
        client.Dispose();
        await echoing.WaitAsync(Limit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_files_bytes_arrive_although_the_peer_reads_late(bool isPolled)
    {
        const int Bytes = 16 * 1024 * 1024;
        (IConnectionSocket server, Socket client) = Pair(isPolled);
        byte[] content = new byte[Bytes];
        new Random(8).NextBytes(content);
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "content"), content);
        using SafeFileHandle file = File.OpenHandle(Path.Combine(folder.Path, "content"));

        Task sending = SendFileAsync(server, file, content);
        await Task.Yield();
        byte[] received = await ReceiveSlowlyAsync(client, Bytes).WaitAsync(Limit);

        await sending.WaitAsync(Limit);
        Assert.True(content.AsSpan().SequenceEqual(received));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_peers_end_is_the_end_of_the_stream(bool isPolled)
    {
        (IConnectionSocket server, Socket client) = Pair(isPolled);
        client.Send([1, 2, 3]);
        client.Shutdown(SocketShutdown.Send);

        byte[] room = new byte[16];
        Assert.Equal(3, await server.ReceiveAsync(room).AsTask().WaitAsync(Limit));
        Assert.Equal(0, await server.ReceiveAsync(room).AsTask().WaitAsync(Limit));
        await server.SendAsync(new byte[] { 9 });
        Assert.Equal(1, client.Receive(room));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposing_ends_a_receive_and_a_send_that_wait(bool isPolled)
    {
        (IConnectionSocket server, _) = Pair(isPolled);
        Task<int> receiving = server.ReceiveAsync(new byte[16]).AsTask();
        Task sending = server.SendAsync(new byte[64 * 1024 * 1024]).AsTask();
        Assert.False(sending.IsCompleted);

        server.Dispose();

        await Assert.ThrowsAnyAsync<Exception>(() => receiving.WaitAsync(Limit));
        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => sending.WaitAsync(Limit));
        Assert.True(error is ObjectDisposedException or SocketException, error.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_that_breaks_off_is_an_error(bool isPolled)
    {
        (IConnectionSocket server, Socket client) = Pair(isPolled);
        Task<int> receiving = server.ReceiveAsync(new byte[16]).AsTask();
        client.LingerState = new LingerOption(true, 0);   // closing now resets the connection
        client.Dispose();

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => receiving.WaitAsync(Limit));
        Assert.IsType<SocketException>(error);
    }

    private (IConnectionSocket Server, Socket Client) Pair(bool isPolled)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(listener.LocalEndPoint!);
        Socket accepted = listener.Accept();
        IConnectionSocket server = isPolled ? _loops.Attach(accepted) : new SystemSocket(accepted, TimeProvider.System);
        _sockets.Add(client);
        _sockets.Add(server);
        return (server, client);
    }

    private static async Task EchoAsync(IConnectionSocket socket)
    {
        byte[] room = new byte[100_000];
        try
        {
            while (await socket.ReceiveAsync(room) is int received and > 0) await socket.SendAsync(room.AsMemory(0, received));
        }
        catch (SocketException)
        {
            // The client left before it had read the end.
        }
    }

    private static async Task SendFileAsync(IConnectionSocket socket, SafeFileHandle file, byte[] content)
    {
        int done = 0;
        while (done < content.Length)
        {
            int sent = await socket.SendFileAsync(file, done, Math.Min(content.Length - done, 1024 * 1024));
            if (sent == 0) await socket.SendAsync(content.AsMemory(done, sent = Math.Min(10_000, content.Length - done)));
            done += sent;
        }
    }

    private static async Task<byte[]> ReceiveSlowlyAsync(Socket socket, int bytes)
    {
        byte[] received = new byte[bytes];
        int done = 0;
        while (done < bytes)
        {
            done += await socket.ReceiveAsync(received.AsMemory(done, Math.Min(200_000, bytes - done)));
            await Task.Yield();
        }

        return received;
    }
}
