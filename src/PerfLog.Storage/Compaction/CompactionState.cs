namespace PerfLog.Storage;

/// <summary>How far one log's compaction is. Shared by the log and whoever compacts it; any thread.</summary>
internal sealed class CompactionState
{
    private long _cleanedUpTo;
    private int _isRunning;
    private CompactionResult? _last;
    private string? _fault;

    /// <summary>All below has been compacted; 0 when the log never was.</summary>
    public Offset CleanedUpTo
    {
        get => new(Volatile.Read(ref _cleanedUpTo));
        set => Volatile.Write(ref _cleanedUpTo, value.Value);
    }

    public CompactionResult? Last
    {
        get => Volatile.Read(ref _last);
        set => Volatile.Write(ref _last, value);
    }

    /// <summary>Why the log cannot be compacted until it is opened again; null while it can.</summary>
    public string? Fault
    {
        get => Volatile.Read(ref _fault);
        set => Volatile.Write(ref _fault, value);
    }

    /// <summary>Takes the one place for a run; given back by <see cref="Finish"/>.</summary>
    public bool TryStart() => Interlocked.CompareExchange(ref _isRunning, 1, 0) == 0;

    public void Finish() => Volatile.Write(ref _isRunning, 0);

    /// <summary>The log ends here now: what will come after has not been compacted.</summary>
    public void TruncateTo(Offset end) => CleanedUpTo = Offset.Min(CleanedUpTo, end);
}
