using System.Threading.Tasks.Sources;

namespace PerfLog.Storage;

/// <summary>An append that waits for the writer. Reused: awaiting it gives it back to its queue.</summary>
internal sealed class AppendWaiter(AppendQueue owner) : IValueTaskSource<AppendResult>
{
    // Whoever completes it is the log's writer and must not run the awaiting code.
    private ManualResetValueTaskSourceCore<AppendResult> _source = new() { RunContinuationsAsynchronously = true };

    public Memory<byte> Batch { get; private set; }

    public LeaderEpoch Epoch { get; private set; }

    /// <summary>The answer, between staging and commit.</summary>
    public AppendResult Staged { get; set; }

    public ValueTask<AppendResult> Start(Memory<byte> batch, LeaderEpoch epoch)
    {
        Batch = batch;
        Epoch = epoch;
        return new ValueTask<AppendResult>(this, _source.Version);
    }

    public void Complete(AppendResult result)
    {
        Batch = default;
        _source.SetResult(result);
    }

    public AppendResult GetResult(short token)
    {
        AppendResult result = _source.GetResult(token);
        _source.Reset();
        owner.GiveBack(this);
        return result;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
