using System.Net;
using System.Net.Sockets;
using PerfLog.Polling;

namespace PerfLog.Core.Tests.Polling;

/// <summary>
/// Goal: one loop serves all its sockets, whatever one of them does. One test counts what the whole process allocates: they run by
/// themselves.
/// </summary>
[CollectionDefinition(nameof(PollLoopTests), DisableParallelization = true)]
[Collection(nameof(PollLoopTests))]
public sealed class PollLoopTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly PollLoops _loops = new(1, TimeProvider.System);
    private readonly List<IDisposable> _sockets = [];

    public PollLoopTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (IDisposable socket in _sockets) socket.Dispose();
        _listener.Dispose();
        await _loops.DisposeAsync();
    }

    [Fact]
    public async Task A_peer_that_never_stops_sending_does_not_keep_others_waiting()
    {
        (PolledSocket flooded, Socket flood) = Pair();
        (PolledSocket quiet, Socket asking) = Pair();
        using var stop = new CancellationTokenSource();
        Task draining = Serve(flooded, answers: false);
        Task flooding = FloodAsync(flood, stop.Token);
        Task serving = Serve(quiet, answers: true);

        for (int request = 0; request < 200; request++) Assert.Equal(1, await AskAsync(asking).WaitAsync(Limit));

        await stop.CancelAsync();
        await flooding;
        flood.Dispose();
        asking.Dispose();
        await Task.WhenAll(draining, serving).WaitAsync(Limit);
    }

    [Fact]
    public async Task Who_holds_the_thread_up_holds_nobody_else_up()
    {
        (PolledSocket stuck, Socket trigger) = Pair();
        (PolledSocket free, Socket asking) = Pair();
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task HoldUpAsync()
        {
            while (!IsLoopThread()) await stuck.ReceiveAsync(new byte[1]);
            entered.SetResult();
            release.Wait();
        }

        Task holding = Task.Run(HoldUpAsync);
        Task serving = Serve(free, answers: true);
        for (; !entered.Task.IsCompleted; await Task.Delay(1)) trigger.Send([1]);

        for (int request = 0; request < 20; request++) Assert.Equal(1, await AskAsync(asking).WaitAsync(Limit));
        Assert.False(holding.IsCompleted);

        release.Set();
        await holding.WaitAsync(Limit);
        Assert.Equal(1, await AskAsync(asking).WaitAsync(Limit));
        asking.Dispose();
        await serving.WaitAsync(Limit);
    }

    [Fact]
    public async Task Many_connections_come_and_go_and_each_is_answered()
    {
        const int Clients = 64;
        const int Visits = 20;
        async Task VisitAsync()
        {
            for (int visit = 0; visit < Visits; visit++)
            {
                (PolledSocket server, Socket client) = Pair();
                Task serving = Serve(server, answers: true);
                Assert.Equal(1, await AskAsync(client));
                client.Dispose();
                await serving;
                server.Dispose();
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(VisitAsync))).WaitAsync(Limit);
    }

    [Fact]
    public Task Asking_and_answering_allocates_nothing() => Task.Run(() =>
    {
        (PolledSocket server, Socket client) = Pair();
        Task serving = Serve(server, answers: true);
        byte[] one = [1];
        for (int request = 0; request < 2_000; request++) Ask(client, one);

        const int Requests = 1_000;
        long least = long.MaxValue;
        for (int round = 0; round < 20 && least >= Requests; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int request = 0; request < Requests; request++) Ask(client, one);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.InRange(least, 0, Requests - 1);
        client.Dispose();
        return serving.WaitAsync(Limit);
    });

    [Fact]
    public async Task What_follows_an_answer_is_done_by_the_thread_that_answered_and_only_one_thing_at_a_time()
    {
        (PolledSocket served, Socket asking) = Pair();
        var first = new Work();
        var second = new Work();
        Assert.False(PollLoop.TryDoNext(first), "The test's thread is no loop's.");
        async Task AnswerAsync()
        {
            byte[] room = new byte[16];
            while (!IsLoopThread()) await served.SendAsync(room.AsMemory(0, await served.ReceiveAsync(room)));
            first.IsTaken = PollLoop.TryDoNext(first);
            second.IsTaken = PollLoop.TryDoNext(second);
            first.IsTooSoon = first.Done.IsCompleted;
        }

        Task answering = Task.Run(AnswerAsync);
        while (!answering.IsCompleted)
        {
            asking.Send([1]);
            await Task.Delay(1);
        }

        await answering;
        Assert.True(first.IsTaken);
        Assert.False(second.IsTaken);
        Assert.False(first.IsTooSoon);
        Assert.True(await first.Done.WaitAsync(Limit), "It was another thread.");
    }

    [Fact]
    public async Task A_connection_that_is_made_is_served_by_a_loop()
    {
        using PolledSocket connected = await PolledSocket.ConnectAsync((IPEndPoint)_listener.LocalEndPoint!, _loops, CancellationToken.None);
        Assert.False(IsLoopThread());
        using Socket peer = _listener.Accept();
        byte[] room = new byte[16];
        ValueTask<int> receiving = connected.ReceiveAsync(room);

        await connected.SendAsync(new byte[] { 1, 2, 3 });
        Assert.Equal(3, peer.Receive(new byte[16]));
        peer.Send([4]);
        Assert.Equal(1, await receiving.AsTask().WaitAsync(Limit));

        connected.EndSending();
        Assert.Equal(0, peer.Receive(new byte[16]));
        peer.Dispose();
        Assert.Equal(0, await connected.ReceiveAsync(room).AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task A_peer_that_is_not_there_refuses_the_connection()
    {
        var gone = (IPEndPoint)_listener.LocalEndPoint!;
        _listener.Dispose();

        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => PolledSocket.ConnectAsync(gone, _loops, CancellationToken.None).WaitAsync(Limit));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Fact]
    public async Task A_connection_that_is_given_up_ends_waiting_for_its_peer()
    {
        // The listener's queue is full, so that the kernel leaves further connections without an answer.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        using var stop = new CancellationTokenSource();
        Task[] connecting = [.. Enumerable.Range(0, 4).Select(_ => ConnectAsync(full, stop.Token))];
        Assert.NotEqual(Task.WhenAll(connecting), await Task.WhenAny(Task.WhenAll(connecting), Task.Delay(100)));

        await stop.CancelAsync();
        await Task.WhenAll(connecting).WaitAsync(Limit);
        Assert.Contains(connecting, static task => ((Task<bool>)task).Result);
    }

    /// <returns>Whether it was given up.</returns>
    private async Task<bool> ConnectAsync(Socket listener, CancellationToken stop)
    {
        try
        {
            (await PolledSocket.ConnectAsync((IPEndPoint)listener.LocalEndPoint!, _loops, stop)).Dispose();
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private static bool IsLoopThread() => Thread.CurrentThread.Name?.StartsWith("PerfLog network", StringComparison.Ordinal) == true;

    private (PolledSocket Server, Socket Client) Pair()
    {
        lock (_sockets)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            client.Connect(_listener.LocalEndPoint!);
            PolledSocket server = _loops.Attach(_listener.Accept());
            _sockets.Add(client);
            _sockets.Add(server);
            return (server, client);
        }
    }

    // Without the test's synchronization context: what is awaited goes on in the loop's thread.
    private static Task Serve(PolledSocket socket, bool answers) => Task.Run(() => ServeAsync(socket, answers));

    private static async Task ServeAsync(PolledSocket socket, bool answers)
    {
        byte[] room = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(room) is int received and > 0)
            {
                if (answers) await socket.SendAsync(room.AsMemory(0, received));
            }
        }
        catch (SocketException)
        {
            // The client left in the middle of something.
        }
    }

    private static Task FloodAsync(Socket socket, CancellationToken stop) => Task.Run(() =>
    {
        byte[] bytes = new byte[256 * 1024];
        while (!stop.IsCancellationRequested) socket.Send(bytes);
    });

    private static async Task<int> AskAsync(Socket socket)
    {
        byte[] one = [1];
        await socket.SendAsync(one);
        return await socket.ReceiveAsync(one);
    }

    private static void Ask(Socket socket, byte[] one)
    {
        socket.Send(one);
        socket.Receive(one);
    }

    private sealed class Work : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsTaken { get; set; }

        public bool IsTooSoon { get; set; }

        /// <summary>Tells whether a loop's thread did it.</summary>
        public Task<bool> Done => _done.Task;

        public void Execute() => _done.SetResult(IsLoopThread());
    }
}
