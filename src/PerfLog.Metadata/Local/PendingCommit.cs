namespace PerfLog.Metadata;

/// <summary>A transaction that waits for its turn, or (without changes) the end of its session.</summary>
internal sealed class PendingCommit(LocalMetadataSession session, IReadOnlyList<ZnodeChange>? changes)
{
    private readonly TaskCompletionSource<CommitResult> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LocalMetadataSession Session { get; } = session;

    public IReadOnlyList<ZnodeChange>? Changes { get; } = changes;

    /// <summary>What the changes' paths and data take.</summary>
    public long SizeBytes { get; } = changes?.Sum(static change => (long)change.SizeBytes) ?? 0;

    /// <summary>Set while the group is written; handed out once it is durable.</summary>
    public CommitResult? Result { get; set; }

    public Task<CommitResult> Completion => _completion.Task;

    public void Complete() =>
        _completion.SetResult(Result ?? throw new InvalidOperationException("A commit completes before it was decided."));

    public void Fail(Exception reason) => _completion.TrySetException(reason);
}
