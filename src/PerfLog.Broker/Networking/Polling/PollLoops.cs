using System.Net.Sockets;

namespace PerfLog.Broker.Networking.Polling;

/// <summary>
/// A broker's poll loops. Each connection belongs to one of them for its life: the one with the fewest. Made once, disposed after the
/// listeners.
/// </summary>
internal sealed class PollLoops : IAsyncDisposable
{
    private static readonly TimeSpan LookWhenBusy = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LookWhenIdle = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _stopping = new(initialState: false, spinCount: 0);
    private readonly PollLoop[] _loops;
    private Thread? _watch;

    public PollLoops(int count, TimeProvider time) =>
        _loops = [.. Enumerable.Range(0, count).Select(index => new PollLoop($"PerfLog network {index}", time))];

    /// <summary>Linux alone has epoll.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    public PolledSocket Attach(Socket ownedSocket)
    {
        lock (_gate)
        {
            if (_watch is null)
            {
                _watch = new Thread(Watch) { IsBackground = true, Name = "PerfLog network watch" };
                _watch.Start();
            }

            return new PolledSocket(ownedSocket, _loops.MinBy(static loop => loop.SocketCount)!);
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
