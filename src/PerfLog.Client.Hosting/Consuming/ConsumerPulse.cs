namespace PerfLog.Client.Hosting;

/// <summary>
/// What others may know of a hosted consumer. Its worker writes, health checks read, on any thread.
/// </summary>
internal sealed class ConsumerPulse(TimeProvider time)
{
    private volatile State _state;
    private volatile Exception? _failure;
    private long _polledAt;

    private enum State
    {
        NotStarted,
        Running,
        Stopped,
    }

    public bool IsRunning => _state == State.Running;

    public Exception? Failure => _failure;

    /// <summary>How long ago the last poll began.</summary>
    public TimeSpan SincePoll => time.GetElapsedTime(Volatile.Read(ref _polledAt));

    public string Description => _state switch
    {
        State.NotStarted => "it has not started yet",
        State.Running => "it runs",
        _ => _failure is { } failure ? $"it failed: {failure.Message}" : "it has stopped",
    };

    public void Polls()
    {
        Volatile.Write(ref _polledAt, time.GetTimestamp());
        _state = State.Running;
    }

    public void Stopped(Exception? failure = null)
    {
        _failure = failure;
        _state = State.Stopped;
    }
}
