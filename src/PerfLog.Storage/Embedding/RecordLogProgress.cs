namespace PerfLog.Storage;

/// <summary>How far the records of one log have come, and who waits for them. Shared by those who work for the log; any thread.</summary>
internal sealed class RecordLogProgress(LogState log)
{
    // A cut between the look at how far the log is flushed and the telling of it would let later records pass for flushed.
    private readonly Lock _cutting = new();
    private Func<Exception>? _ending;

    /// <summary>Written: readers see it.</summary>
    public ProgressWaiters Written { get; } = new(log.End, log.Options.PendingAppendsMax);

    /// <summary>Flushed: it is on the disk.</summary>
    public ProgressWaiters Flushed { get; } = new(log.RecoveryPoint, log.Options.PendingAppendsMax);

    /// <summary>Whether anyone waits for a record to come further.</summary>
    public bool IsAwaited => Written.HasWaiters || Flushed.HasWaiters;

    /// <summary>Told after each write.</summary>
    public Action OnWritten { get; set; } = static () => { };

    public void WrittenUpTo(Offset end)
    {
        Written.Advance(end);
        OnWritten();
    }

    /// <summary>Tells those whose records are on the disk.</summary>
    public void TellFlushed()
    {
        lock (_cutting) Flushed.Advance(log.RecoveryPoint);
    }

    /// <summary>Records from there on are no more.</summary>
    public void CutAt(Offset end)
    {
        Written.Restart(end);
        lock (_cutting) Flushed.Restart(Offset.Min(Flushed.Reached, end));
    }

    /// <summary>The log goes no further: refuses records and tells all who wait.</summary>
    /// <param name="intake">The log's.</param>
    /// <param name="reason">Why; null when the directory failed or the log was deleted.</param>
    public void End(RecordIntake intake, Func<Exception>? reason = null)
    {
        Func<Exception> ending = Interlocked.CompareExchange(ref _ending, reason ?? Fault, null) ?? reason ?? Fault;
        intake.Refuse(ending);
        Written.Fail(ending());
        Flushed.Fail(ending());
    }

    private Exception Fault() => log.Surroundings.Failure.Cause is { } cause
        ? new DirectoryOfflineException(Path.GetDirectoryName(log.Folder) ?? log.Folder, cause)
        : new StorageException(log.Folder, "the log was deleted");
}
