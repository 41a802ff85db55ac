namespace PerfLog.Storage;

/// <summary>
/// Flushes one log for all who want it at the same time. Whoever finds nobody at it flushes, also for the others; records
/// that come during a flush are written and flushed together by the next. Any thread.
/// </summary>
internal sealed class GroupFlush : IThreadPoolWorkItem
{
    // Together about half of what a flush takes.
    private const int GatheringTurnsMax = 100;
    private const int SpinsPerTurn = 30;

    private readonly PartitionLog _partition;
    private readonly IntakeWriter _writer;
    private readonly RecordLogProgress _progress;
    private readonly Lock _gate = new();
    private Offset _wanted;
    private bool _isAtWork;
    private int _toldLast;

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
        if (MustWork(record)) WorkWithOthers();
        return waiting;
    }

    /// <summary>The same; who blocks for it flushes at once, as the threads of the pool may all be blocked so.</summary>
    public ValueTask WaitForAsync(Offset record, CancellationToken cancellation = default, bool blocks = false)
    {
        if (_progress.Flushed.Reached > record) return ValueTask.CompletedTask;
        ValueTask waiting = _progress.Flushed.WaitForAsync(record, cancellation);
        if (!MustWork(record)) return waiting;
        if (blocks) Work();
        else WorkWithOthers();
        return waiting;
    }

    void IThreadPoolWorkItem.Execute() => Work();

    // Those whom the last round told come again from the pool's queue, in front of whatever is queued now: by the time that this
    // is taken from there, they have appended and wait. A thread that is not the pool's would have one of its threads woken.
    private void WorkWithOthers()
    {
        bool hasOthersBefore = Volatile.Read(ref _toldLast) > 1 && Thread.CurrentThread.IsThreadPoolThread;
        if (hasOthersBefore) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else Work();
    }

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
            LetGroupGather();
            _writer.WorkIfNobodyDoes();
            _partition.Flush();
            Volatile.Write(ref _toldLast, _progress.TellFlushed());
        }
        catch (Exception)
        {
            // The directory is offline by it and says why; nothing is flushed again and acknowledged.
            _progress.End(_writer.Intake);
        }
    }

    // For those who are about to append on another thread. Were the first of them flushed alone, the others would wait for two.
    private void LetGroupGather()
    {
        for (int turn = 0; turn < GatheringTurnsMax && _progress.Flushed.Count < Volatile.Read(ref _toldLast); turn++)
            Thread.SpinWait(SpinsPerTurn);
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
