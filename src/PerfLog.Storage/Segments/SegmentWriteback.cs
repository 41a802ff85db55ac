namespace PerfLog.Storage;

/// <summary>
/// Has the disk begin early with what a segment got, in small steps and at a distance behind the writer: a flush then waits
/// for a part of a second at most, and so does the opening after a crash. One for each segment; the writer notes, a thread of
/// the pool works, and only one at a time.
/// </summary>
internal sealed class SegmentWriteback(Segment segment) : IThreadPoolWorkItem
{
    /// <summary>What may lie unwritten: bytes that come and are deleted, or flushed, sooner cost nothing more.</summary>
    public const int DistanceBytes = 128 * 1024 * 1024;

    private const int BeginBytes = 16 * 1024 * 1024;

    // One call for much would keep the disk's queue full, and who wants to read meanwhile waits behind it.
    private const int StepBytes = 1024 * 1024;

    private long _begun;
    private long _end;
    private int _isAtWork;

    /// <summary>The writer has written up to here.</summary>
    public void Note(long end)
    {
        Volatile.Write(ref _end, end);
        if (end - DistanceBytes - Volatile.Read(ref _begun) < BeginBytes) return;
        if (Interlocked.Exchange(ref _isAtWork, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (segment.TryHold())
        {
            Begin(Volatile.Read(ref _end) - DistanceBytes);
            segment.Release();
        }

        Volatile.Write(ref _isAtWork, 0);
    }

    private void Begin(long end)
    {
        for (long position = _begun; position + StepBytes <= end; position += StepBytes)
        {
            segment.File.BeginWriteback(position, StepBytes);
            Volatile.Write(ref _begun, position + StepBytes);
        }
    }
}
