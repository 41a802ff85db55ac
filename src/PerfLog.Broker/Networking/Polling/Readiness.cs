using System.Threading.Tasks.Sources;

namespace PerfLog.Broker.Networking.Polling;

/// <summary>
/// Says that a socket may be tried again, for one direction. Any thread signals; one waits at a time. A signal that nobody waits for is
/// kept, so none is lost. Allocates nothing per wait.
/// </summary>
internal sealed class Readiness : IValueTaskSource
{
    private const int Unknown = 0;
    private const int Signalled = 1;
    private const int Awaited = 2;

    private ManualResetValueTaskSourceCore<bool> _waiter;
    private int _state;

    /// <summary>Completes with the next signal, or at once when there was one since the last wait.</summary>
    public ValueTask WaitAsync()
    {
        _waiter.Reset();
        if (Interlocked.CompareExchange(ref _state, Awaited, Unknown) == Unknown) return new ValueTask(this, _waiter.Version);
        Volatile.Write(ref _state, Unknown);
        return ValueTask.CompletedTask;
    }

    /// <summary>Forgets a signal that was kept.</summary>
    public void Clear() => Interlocked.CompareExchange(ref _state, Unknown, Signalled);

    /// <summary>Lets the one that waits go on.</summary>
    /// <param name="onThisThread">Whether it goes on within this call, or on the thread pool.</param>
    public void Signal(bool onThisThread)
    {
        while (true)
        {
            switch (Volatile.Read(ref _state))
            {
                case Signalled:
                    return;
                case Unknown when Interlocked.CompareExchange(ref _state, Signalled, Unknown) == Unknown:
                    return;
                case Awaited when Interlocked.CompareExchange(ref _state, Unknown, Awaited) == Awaited:
                    _waiter.RunContinuationsAsynchronously = !onThisThread;
                    _waiter.SetResult(true);
                    return;
            }
        }
    }

    void IValueTaskSource.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);
}
