using Microsoft.Extensions.Logging;

namespace PerfLog.Storage;

/// <summary>
/// Writes zeros some way ahead of the end of a log that is laid out beforehand and flushed in small pieces. Space that a file
/// system has merely reserved must be noted down as written with the first flush of each of its pages, which takes the disk as long
/// again as the bytes do; where zeros are written already, a flush brings its bytes and nothing else. A thread of the pool writes one
/// piece after a flush, so that the next flush meets one at most.
/// </summary>
internal sealed class ZerosAhead(LogState log) : IThreadPoolWorkItem
{
    /// <summary>As much is written anew when less than <see cref="LeftBytesMin"/> is left.</summary>
    public const int AheadBytes = 8 * 1024 * 1024;

    public const int LeftBytesMin = 2 * 1024 * 1024;

    /// <summary>Flushes of more do not gain by it.</summary>
    public const int SmallFlushBytes = 256 * 1024;

    /// <summary>So many small flushes one after the other show that this log is used so.</summary>
    public const int SmallFlushesMin = 4;

    private const int PieceBytes = 256 * 1024;
    private const int PageBytes = 4096;
    private static readonly byte[] Zeros = new byte[PieceBytes];

    private Segment? _segment;
    private int _flushedBytes;
    private int _smallFlushes;
    private long _zeroedBytes;
    private bool _isFilling;
    private bool _isAtWork;
    private bool _hasFailed;

    /// <summary>The log was flushed up to its end. By who holds the writer lock.</summary>
    public void NoteFlush()
    {
        Segment active = log.Active;
        if (active != _segment) Turn(active);
        int bytes = active.SizeBytes - _flushedBytes;
        if (bytes == 0) return;
        _flushedBytes = active.SizeBytes;
        _smallFlushes = bytes <= SmallFlushBytes ? _smallFlushes + 1 : 0;
        if (_isAtWork || _hasFailed || _smallFlushes < SmallFlushesMin || !HasToFill(active)) return;
        _isAtWork = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (BeginPiece() is not var (segment, position, length)) return;
        try
        {
            segment.File.WriteBack(position, length);
        }
        catch (IOException cause)
        {
            // As a flush would have: it may be batches that did not come to the disk.
            log.Surroundings.Failure.Record(new StorageException(segment.Files.Log, $"the disk failed, so what was appended may be lost: {cause.Message}", cause));
        }

        segment.Release();
        lock (log.Writer) _isAtWork = false;
    }

    private void Turn(Segment active)
    {
        _segment = active;
        _flushedBytes = 0;
        _zeroedBytes = 0;
        _hasFailed = false;
    }

    private bool HasToFill(Segment active)
    {
        long position = NextPosition(active), ahead = position - active.SizeBytes;
        return _isFilling = position < active.LaidOutBytes && ahead < (_isFilling ? AheadBytes : LeftBytesMin);
    }

    private long NextPosition(Segment active) => Math.Max(_zeroedBytes, RoundUp(active.SizeBytes));

    // With the lock nothing is appended: what is zeroed lies behind all that was.
    private (Segment Segment, long Position, int Length)? BeginPiece()
    {
        lock (log.Writer)
        {
            Segment active = log.Active;
            long position = NextPosition(active);
            int length = (int)Math.Min(PieceBytes, active.LaidOutBytes - position);
            bool goesOn = active == _segment && !log.IsClosed && !log.Surroundings.Failure.IsOffline && length > 0;
            _isAtWork = goesOn && TryWrite(active, position, length) && active.TryHold();
            return _isAtWork ? (active, position, length) : null;
        }
    }

    // Nothing is lost by it: where the disk is at fault, the next append or flush finds that out.
    private bool TryWrite(Segment active, long position, int length)
    {
        try
        {
            active.File.Write(position, Zeros.AsSpan(0, length));
            _zeroedBytes = position + length;
        }
        catch (IOException cause)
        {
            _hasFailed = true;
            log.Surroundings.Logger.LogDebug(cause, "{File}: no zeros are written ahead", active.Files.Log);
        }

        return !_hasFailed;
    }

    private static long RoundUp(long bytes) => (bytes + PageBytes - 1) / PageBytes * PageBytes;
}
