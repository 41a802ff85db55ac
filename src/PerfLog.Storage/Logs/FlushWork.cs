namespace PerfLog.Storage;

/// <summary>
/// What one flush has to do: noted down under the log's writer lock, done without it. It holds the segments, so that they
/// stay open meanwhile. Used again by its owner, one flush at a time.
/// </summary>
internal sealed class FlushWork
{
    private readonly List<Segment> _sealed = [];
    private readonly List<Offset> _snapshots = [];
    private LogState? _log;
    private Segment? _active;

    /// <summary>Records below are durable afterwards.</summary>
    public Offset UpTo { get; private set; }

    /// <summary>The base of the active segment when the work began; all before it are sealed.</summary>
    public Offset ActiveBase { get; private set; }

    /// <summary>How often the log had been cut when the work began.</summary>
    public int Cuts { get; private set; }

    public bool IncludesActive { get; private set; }

    /// <summary>The log file that is to be flushed besides the sealed segments; null when all in it is on the disk.</summary>
    public IStorageFile? ActiveFile => _active?.File;

    /// <summary>By who holds the writer lock.</summary>
    public void Begin(LogState log, bool withActive)
    {
        _log = log;
        Cuts = log.Cuts;
        IncludesActive = withActive;
        SegmentList segments = log.Segments;
        ActiveBase = segments.Active.BaseOffset;
        UpTo = withActive ? log.End : ActiveBase;
        if (log.FlushedWholeBefore < ActiveBase) NoteSealed(log, segments);
        bool isActiveBehind = withActive && segments.Active.SizeBytes > 0 && log.End > log.RecoveryPoint;
        if (isActiveBehind && segments.Active.TryHold()) _active = segments.Active;
    }

    /// <summary>The slow part, on the disk.</summary>
    public void Run()
    {
        RunSealed();
        if (_active is not null) Flush(_active, isWhole: false);
    }

    /// <summary>The same without the active segment, which somebody else flushes.</summary>
    public void RunSealed()
    {
        foreach (Segment segment in _sealed) Flush(segment, isWhole: true);
    }

    /// <summary>By who holds the writer lock.</summary>
    public void FlushSnapshots()
    {
        foreach (Offset at in _snapshots) _log!.Snapshots.Flush(at);
    }

    public void End()
    {
        foreach (Segment segment in _sealed) segment.Release();
        _active?.Release();
        _sealed.Clear();
        _snapshots.Clear();
        _active = null;
    }

    private void NoteSealed(LogState log, SegmentList segments)
    {
        foreach (Segment segment in segments.Items)
        {
            if (segment.BaseOffset < log.FlushedWholeBefore) continue;
            _snapshots.Add(segment.BaseOffset);
            if (segment != segments.Active && segment.TryHold()) _sealed.Add(segment);
        }
    }

    private static void Flush(Segment segment, bool isWhole)
    {
        try
        {
            if (isWhole) segment.FlushWhole();
            else segment.FlushBatches();
        }
        catch (FileNotFoundException) when (segment.IsRemoved)
        {
            // The log let go of it meanwhile, and its files have other names or none.
        }
        catch (IOException cause) when (cause is not StorageException)
        {
            throw new StorageException(segment.Files.Log, $"a flush failed, so what it was to keep may be lost: {cause.Message}", cause);
        }
    }
}
