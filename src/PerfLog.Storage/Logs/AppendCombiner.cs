namespace PerfLog.Storage;

/// <summary>
/// Combines concurrent appends of one log into gathered writes. Without contention an append runs on its caller's thread
/// and allocates nothing; the batching comes from the pace of the disk.
/// </summary>
internal sealed class AppendCombiner(LogState log, LogWriter writer, LogFlush flush) : IThreadPoolWorkItem
{
    // Below the number of pieces that one system call takes.
    private const int GroupMax = 512;

    // A caller works for others this often before the thread pool goes on, so that its own answer is not held up.
    private const int RoundsMax = 2;

    private readonly AppendQueue _queue = new();
    private readonly List<AppendWaiter> _group = [];

    public ValueTask<AppendResult> AppendAsync(Memory<byte> batch, LeaderEpoch epoch)
    {
        switch (_queue.Enter(batch, epoch, log.Options.PendingAppendsMax, out ValueTask<AppendResult> waiting))
        {
            case AppendQueue.Entry.Waiting: return waiting;
            case AppendQueue.Entry.Full: return ValueTask.FromResult(AppendResult.Failed(ErrorCode.RequestTimedOut));
        }

        AppendResult result = WriteOne(batch, epoch);
        if (result.Error == ErrorCode.None) result = FlushIfAsked() ?? result;
        Drain();
        return ValueTask.FromResult(result);
    }

    void IThreadPoolWorkItem.Execute() => Drain();

    private void Drain()
    {
        for (int round = 0; round < RoundsMax; round++)
        {
            if (!_queue.TryTakeGroup(_group, GroupMax)) return;
            AppendGroup();
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private AppendResult WriteOne(Memory<byte> batch, LeaderEpoch epoch)
    {
        lock (log.Writer)
        {
            ErrorCode unusable = Unusable();
            if (unusable != ErrorCode.None) return AppendResult.Failed(unusable);
            try
            {
                writer.Begin();
                AppendResult result = writer.StageAsLeader(batch, epoch);
                writer.Commit();
                return result;
            }
            catch (Exception cause)
            {
                return Failed(cause);
            }
        }
    }

    private void AppendGroup()
    {
        AppendResult? failed = WriteGroup() ?? FlushIfAsked();
        foreach (AppendWaiter waiter in _group) waiter.Complete(failed ?? waiter.Staged);
        _group.Clear();
    }

    private AppendResult? WriteGroup()
    {
        lock (log.Writer)
        {
            ErrorCode unusable = Unusable();
            if (unusable != ErrorCode.None) return AppendResult.Failed(unusable);
            try
            {
                writer.Begin();
                foreach (AppendWaiter waiter in _group) waiter.Staged = writer.StageAsLeader(waiter.Batch, waiter.Epoch);
                writer.Commit();
                return null;
            }
            catch (Exception cause)
            {
                return Failed(cause);
            }
        }
    }

    // Without the writer lock: what else works on the log does not wait for the disk.
    private AppendResult? FlushIfAsked()
    {
        try
        {
            flush.FlushIfManyWait();
            return null;
        }
        catch (Exception cause)
        {
            return Failed(cause);
        }
    }

    private ErrorCode Unusable()
    {
        if (log.Surroundings.Failure.IsOffline || log.Surroundings.Space.IsFull) return ErrorCode.KafkaStorageError;
        return log.IsClosed ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None;
    }

    // Whatever it was, memory and file may disagree now: only opening the directory anew makes sure.
    private AppendResult Failed(Exception cause)
    {
        log.Surroundings.Failure.Record(cause);
        return AppendResult.Failed(ErrorCode.KafkaStorageError);
    }
}
