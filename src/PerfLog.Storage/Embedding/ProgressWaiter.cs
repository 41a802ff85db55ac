using System.Threading.Tasks.Sources;

namespace PerfLog.Storage;

/// <summary>Someone who waits until a log has come past a record. Reused: awaiting it gives it back to its owner.</summary>
internal sealed class ProgressWaiter(ProgressWaiters owner) : IValueTaskSource<Offset>, IValueTaskSource
{
    // Whoever completes it is at work for the log and must not run the awaiting code.
    private ManualResetValueTaskSourceCore<Offset> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;

    public Offset Record { get; private set; }

    public short Version => _source.Version;

    public void Start(Offset record) => Record = record;

    /// <summary>Listens to a token. Not under the owner's lock: a token that is cancelled already calls back at once.</summary>
    public void Watch(CancellationToken cancellation) => _cancellation = cancellation.UnsafeRegister(
        static (state, token) => ((ProgressWaiter)state!).Cancel(token), this);

    public void Complete() => _source.SetResult(Record);

    public void Fail(Exception cause) => _source.SetException(cause);

    public Offset GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            // Waits for a callback that is running, which must not meet the next use of this object.
            _cancellation.Dispose();
            _cancellation = default;
            _source.Reset();
            owner.GiveBack(this);
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken token)
    {
        if (owner.TryRemove(this)) _source.SetException(new OperationCanceledException(token));
    }
}
