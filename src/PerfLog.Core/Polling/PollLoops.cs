using System.Net;
using System.Net.Sockets;

namespace PerfLog.Polling;

/// <summary>
/// Poll loops that share connections: each belongs to one of them for its life, the one with the fewest. A broker makes some and
/// disposes them after its listeners; the clients of a process have some in common, as long as it lives.
/// </summary>
internal sealed class PollLoops : IAsyncDisposable
{
    private static readonly TimeSpan LookWhenBusy = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LookWhenIdle = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _stopping = new(initialState: false, spinCount: 0);
    private readonly string _name;
    private readonly PollLoop[] _loops;
    private Thread? _watch;

    /// <param name="count">How many connections can be served at the same moment.</param>
    /// <param name="time">The clock.</param>
    /// <param name="name">What the threads are called.</param>
    /// <param name="looks">Whether a loop may look for the next request for a while before it sleeps.</param>
    public PollLoops(int count, TimeProvider time, string name = "PerfLog network", bool looks = true)
    {
        _name = name;
        _loops = [.. Enumerable.Range(0, count).Select(index => new PollLoop($"{name} {index}", time, looks))];
    }

    /// <summary>Linux alone has epoll.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    public PolledSocket Attach(Socket ownedSocket) => Attach(ownedSocket, ownedSocket.RemoteEndPoint);

    public PolledSocket Attach(Socket ownedSocket, EndPoint? peer)
    {
        lock (_gate)
        {
            if (_watch is null)
            {
                _watch = new Thread(Watch) { IsBackground = true, Name = $"{_name} watch" };
                _watch.UnsafeStart();
            }

            return new PolledSocket(ownedSocket, peer, _loops.MinBy(static loop => loop.SocketCount)!);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The last connection may have ended on one of the threads that are waited for.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        _stopping.Set();
        _watch?.Join();
        foreach (PollLoop loop in _loops) loop.Dispose();
        _stopping.Dispose();
    }

    private void Watch()
    {
        TimeSpan pause = LookWhenBusy;
        while (!_stopping.Wait(pause))
        {
            bool isBusy = false;
            foreach (PollLoop loop in _loops) isBusy |= loop.RelieveIfHeldUp();
            pause = isBusy ? LookWhenBusy : LookWhenIdle;
        }
    }
}
