namespace PerfLog.Storage;

/// <summary>
/// Makes a log durable. Any thread may flush; one flush runs at a time, and appends go on meanwhile: who comes during it
/// waits for the next one, which then serves all that came. The active segment's indexes are left out: a segment that the
/// recovery point has not left behind is scanned after a crash and its indexes are made anew.
/// </summary>
internal sealed class LogFlush(LogState log)
{
    // Taken before the log's writer lock, and so never by who holds that one.
    private readonly Lock _gate = new();
    private readonly FlushWork _work = new();
    private readonly ZerosAhead _zeros = new(log);
    private long _lastFlushMs = TimestampMs.Now(log.Surroundings.Time).Value;

    /// <summary>The <c>flush.messages</c> rule. Not for who holds the writer lock.</summary>
    public void FlushIfManyWait()
    {
        if (log.End - log.RecoveryPoint >= log.Options.FlushMessages) Flush();
    }

    /// <summary>The <c>flush.ms</c> rule; also brings segments to disk that were sealed since. Not for who holds the writer lock.</summary>
    public void FlushIfDue(TimestampMs now)
    {
        if (IsLate(now) || log.FlushedWholeBefore < log.Active.BaseOffset) Flush(withActive: IsLate(now));
    }

    /// <summary>Whether the <c>flush.ms</c> rule asks for a flush.</summary>
    public bool IsLate(TimestampMs now) => IsBehind && now.Value - Volatile.Read(ref _lastFlushMs) >= log.Options.FlushMs;

    /// <summary>Whether something was appended that no flush has covered.</summary>
    public bool IsBehind => log.End > log.RecoveryPoint;

    /// <summary>
    /// The first of two steps of a flush with other logs: notes what there is to do and adds the file of it that is left to the
    /// caller, who then calls <see cref="EndTogether"/> on the same thread. No other flush of this log runs in between.
    /// Not for who holds the writer lock.
    /// </summary>
    public void BeginTogether(List<IStorageFile> files)
    {
        _gate.Enter();
        try
        {
            lock (log.Writer)
            {
                if (!log.IsClosed) _work.Begin(log, withActive: true);
            }

            if (_work.ActiveFile is { } file) files.Add(file);
        }
        catch
        {
            EndTogether(areFlushed: false);
            throw;
        }
    }

    /// <summary>The second step.</summary>
    /// <param name="areFlushed">Whether the files are on the disk.</param>
    public void EndTogether(bool areFlushed)
    {
        try
        {
            if (!areFlushed) return;
            _work.RunSealed();
            lock (log.Writer) Finish(_work);
        }
        finally
        {
            _work.End();
            _gate.Exit();
        }
    }

    /// <summary>Makes all durable that is written now. Not for who holds the writer lock.</summary>
    public void Flush() => Flush(withActive: true);

    /// <summary>The same by who holds the writer lock: for the rare changes that nothing may be appended during.</summary>
    public void FlushHeld() => FlushHeld(withActive: true);

    /// <summary>Brings sealed segments to the disk with all their files; by who holds the writer lock.</summary>
    public void FlushSealedHeld() => FlushHeld(withActive: false);

    private void Flush(bool withActive)
    {
        lock (_gate)
        {
            lock (log.Writer)
            {
                if (log.IsClosed) return;
                _work.Begin(log, withActive);
            }

            try
            {
                _work.Run();
                lock (log.Writer) Finish(_work);
            }
            finally
            {
                _work.End();
            }
        }
    }

    private void FlushHeld(bool withActive)
    {
        FlushWork work = new();
        work.Begin(log, withActive);
        try
        {
            work.Run();
            Finish(work);
        }
        finally
        {
            work.End();
        }
    }

    // The recovery point moves last: everything that recovery will not look at again is on the disk by then. If the log was
    // cut meanwhile, what was flushed need not be what is there now.
    private void Finish(FlushWork work)
    {
        if (log.IsClosed || work.Cuts != log.Cuts) return;
        work.FlushSnapshots();
        if (work.ActiveBase > log.FlushedWholeBefore) log.FlushedWholeBefore = work.ActiveBase;
        if (log.FolderChanged) log.Device.FlushDirectory(log.Folder);
        log.FolderChanged = false;
        log.Epochs.Save();
        if (work.UpTo > log.RecoveryPoint) log.RecoveryPoint = work.UpTo;
        if (!work.IncludesActive) return;
        Volatile.Write(ref _lastFlushMs, TimestampMs.Now(log.Surroundings.Time).Value);
        _zeros.NoteFlush();
    }
}
