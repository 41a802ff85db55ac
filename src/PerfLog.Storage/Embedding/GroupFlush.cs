namespace PerfLog.Storage;

/// <summary>
/// Flushes one log for all who want it at the same time. Whoever finds nobody at it flushes, also for the others; records
/// that come during a flush are written and flushed together by the next. Any thread.
/// </summary>
internal sealed class GroupFlush : IThreadPoolWorkItem
{
    private readonly PartitionLog _partition;
    private readonly IntakeWriter _writer;
    private readonly RecordLogProgress _progress;
    private readonly Lock _gate = new();
    private Offset _wanted;
    private bool _isAtWork;

    public GroupFlush(PartitionLog partition, IntakeWriter writer, RecordLogProgress progress)
    {
        _partition = partition;
        _writer = writer;
        _progress = progress;
        progress.OnWritten = ContinueAfterWrite;
    }

    /// <summary>Completes when a record that was taken in is on the disk. The caller may flush on the way.</summary>
    public ValueTask<Offset> WaitAsync(Offset record, CancellationToken cancellation = default)
    {
        if (_progress.Flushed.Reached > record) return new ValueTask<Offset>(record);
        ValueTask<Offset> waiting = _progress.Flushed.WaitAsync(record, cancellation);
        if (MustWork(record)) Work();
        return waiting;
    }

    /// <inheritdoc cref="WaitAsync"/>
    public ValueTask WaitForAsync(Offset record, CancellationToken cancellation = default)
    {
        if (_progress.Flushed.Reached > record) return ValueTask.CompletedTask;
        ValueTask waiting = _progress.Flushed.WaitForAsync(record, cancellation);
        if (MustWork(record)) Work();
        return waiting;
    }

    void IThreadPoolWorkItem.Execute() => Work();

    // One round for whoever came; those that came meanwhile are left to the pool, so that nobody works for others for long.
    private void Work()
    {
        FlushOnce();
        if (HasMore()) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void FlushOnce()
    {
        try
        {
            _writer.WorkIfNobodyDoes();
            _partition.Flush();
            _progress.TellFlushed();
        }
        catch (Exception)
        {
            // The directory is offline by it and says why; nothing is flushed again and acknowledged.
            _progress.End(_writer.Intake);
        }
    }

    private bool MustWork(Offset record)
    {
        lock (_gate)
        {
            _wanted = Offset.Max(_wanted, record + 1);
            return !_isAtWork && (_isAtWork = true);
        }
    }

    // What is with a writer comes back when it is written.
    private bool HasMore()
    {
        lock (_gate)
        {
            bool isWanted = _wanted > _progress.Flushed.Reached && !_partition.State.Surroundings.Failure.IsOffline && !_partition.State.IsClosed;
            return _isAtWork = isWanted && (_partition.EndOffset > _progress.Flushed.Reached || _writer.Intake.NeedsWriter);
        }
    }

    private void ContinueAfterWrite()
    {
        lock (_gate)
        {
            if (_isAtWork || _wanted <= _progress.Flushed.Reached) return;
            _isAtWork = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
