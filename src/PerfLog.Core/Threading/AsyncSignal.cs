using System.Threading.Tasks.Sources;

namespace PerfLog.Threading;

/// <summary>
/// Wakes the one loop that waits on it. Any thread may set it; a setting that nobody waits for is kept, and settings between two
/// waits count once. The loop goes on on another thread, unless whoever sets the signal lends his. Allocates nothing after it was
/// made.
/// </summary>
/// <param name="threads">Where the loop goes on; null for .NET's pool.</param>
public sealed class AsyncSignal(ParkedThreads? threads = null) : IValueTaskSource, IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _wait;
    private int _state;

    /// <summary>Completes at the next setting, or at once when there was one since the last wait.</summary>
    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Signalled) == Signalled) return ValueTask.CompletedTask;
        _wait.Reset();
        var task = new ValueTask(this, _wait.Version);
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle) return task;
        // It was set in between, and nobody else takes it back: there is one waiter.
        Volatile.Write(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    /// <summary>Wakes the loop, on another thread.</summary>
    public void Set() => Set(inline: false);

    /// <summary>The same, but the loop goes on right here until it waits for something.</summary>
    public void SetAndRun() => Set(inline: true);

    /// <summary>Takes a setting back that nobody has waited for.</summary>
    public void Clear() => Interlocked.CompareExchange(ref _state, Idle, Signalled);

    private void Set(bool inline)
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            if (state == Signalled) return;
            int next = state == Idle ? Signalled : Idle;
            if (Interlocked.CompareExchange(ref _state, next, state) != state) continue;
            if (state != Waiting) return;
            if (inline) _wait.SetResult(true);
            else if (threads is not null) threads.Run(this);
            else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
    }

    void IThreadPoolWorkItem.Execute() => _wait.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);
}
