using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// A stretch of a log: one file of batches with its indexes. The log's writer appends to the newest one; any thread
/// reads. Readers hold the segment while they use its file or mappings: when the log lets go of it too, they are closed.
/// </summary>
internal sealed class Segment
{
    private readonly IStorageDevice _device;
    private readonly Lock _opening = new();
    private readonly SegmentIndexes _indexes;
    private IStorageFile? _file;
    private int _holders = 1;
    private long _tail;
    private long _maxTimestamp = TimestampMs.None.Value;
    private int _maxTimestampOffset;
    private int _bytesSinceIndexed;
    private TimestampMs? _firstTimestamp;
    private long _reservedBytes;
    private bool _isLaidOut;
    private bool _isRemoved;
    private bool _isDirect;
    private SegmentWriteback? _writeback;
    private KnownBatches? _known;
    private int _number;

    public Segment(IStorageDevice device, SegmentFiles files, SegmentIndexes indexes, SegmentTail tail, TimestampMs created)
    {
        _device = device;
        _indexes = indexes;
        _tail = tail.Packed;
        Files = files;
        Created = created;
        (TimestampMs timestamp, int offset) = indexes.Times.Last;
        _maxTimestamp = timestamp.Value;
        _maxTimestampOffset = offset;
    }

    public SegmentFiles Files { get; }

    public Offset BaseOffset => Files.BaseOffset;

    /// <summary>When this process made or opened it: the start of its age while no batch has a time.</summary>
    public TimestampMs Created { get; }

    public SegmentIndexes Indexes => _indexes;

    /// <summary>It left the log, and its files may have other names by now.</summary>
    public bool IsRemoved
    {
        get => Volatile.Read(ref _isRemoved);
        set => Volatile.Write(ref _isRemoved, value);
    }

    // Written after the batches' bytes and index entries: who sees a tail finds all below it.
    public SegmentTail Tail => SegmentTail.Unpack(Volatile.Read(ref _tail));

    public Offset NextOffset => BaseOffset + Tail.RelativeNextOffset;

    public int SizeBytes => Tail.Position.Value;

    /// <summary>The file is as long as this and holds zeros behind its batches; 0 where it ends with them, or is written past the page
    /// cache. For who holds the log's writer lock.</summary>
    public long LaidOutBytes => _isLaidOut && !_isDirect ? _reservedBytes : 0;

    /// <summary>The highest time of its records; none when no record has one.</summary>
    public TimestampMs MaxTimestamp => new(Volatile.Read(ref _maxTimestamp));

    /// <summary>The log file, opened when it is first needed: an idle log holds no handle. Its caller holds the segment.</summary>
    public IStorageFile File
    {
        get
        {
            if (Volatile.Read(ref _file) is { } file) return file;
            lock (_opening)
            {
                if (_file is null) Volatile.Write(ref _file, _device.OpenFile(Files.Log, FileOpening.Existing));
                return _file!;
            }
        }
    }

    /// <summary>The log that has it now lends it its directory's memory of batches.</summary>
    public void Join(KnownBatches known)
    {
        if (_known is not null) return;
        _number = known.NextSegment();
        Volatile.Write(ref _known, known);
    }

    /// <summary>What is known of the batch at a position, without a look at the file.</summary>
    public bool TryRecall(FilePosition position, out KnownBatch found)
    {
        if (Volatile.Read(ref _known) is { } known) return known.TryFind(_number, position, out found);
        found = default;
        return false;
    }

    /// <summary>Notes where a batch lies that is in the file.</summary>
    public void Remember(FilePosition position, Offset lastOffset, int sizeBytes)
    {
        long relative = lastOffset - BaseOffset;
        if (relative is >= 0 and <= int.MaxValue)
            Volatile.Read(ref _known)?.Add(_number, position, new KnownBatch((int)relative, sizeBytes));
    }

    /// <summary>Opens all files now, so that no later reader goes by their names. Its caller holds the segment.</summary>
    public void OpenWhole()
    {
        _ = File;
        _ = _indexes.Offsets.Last;
        _ = _indexes.Times.Last;
    }

    /// <summary>Joins those who keep the segment open.</summary>
    /// <returns>False when it is closed: the log dropped it, and the caller looks at the log again.</returns>
    public bool TryHold()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders) return true;
            holders = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0) return;
        _indexes.Dispose();
        _file?.Dispose();
    }

    /// <summary>The time of the first batch, from which the segment's age for rolling counts; none in an empty segment.</summary>
    public TimestampMs FirstTimestamp()
    {
        if (_firstTimestamp is { } known) return known;
        if (SizeBytes == 0) return TimestampMs.None;
        Span<byte> header = stackalloc byte[RecordBatchLayout.HeaderBytes];
        File.Read(0, header);
        _firstTimestamp = new RecordBatchView(header).MaxTimestamp;
        return _firstTimestamp.Value;
    }

    /// <summary>Takes note of a batch whose bytes are in the file. Readers see it after <see cref="Publish"/>.</summary>
    public void Index(Offset lastOffset, TimestampMs maxTimestamp, FilePosition position, int sizeBytes, int intervalBytes)
    {
        int relativeOffset = checked((int)(lastOffset - BaseOffset));
        _firstTimestamp ??= maxTimestamp;
        if (maxTimestamp.Value > _maxTimestamp)
        {
            _maxTimestampOffset = relativeOffset;
            Volatile.Write(ref _maxTimestamp, maxTimestamp.Value);
        }

        if (_bytesSinceIndexed > intervalBytes)
        {
            if (!_indexes.Offsets.IsFull) _indexes.Offsets.Append(relativeOffset, position);
            _indexes.Times.Append(new TimestampMs(_maxTimestamp), _maxTimestampOffset);
            _bytesSinceIndexed = 0;
        }

        _bytesSinceIndexed += sizeBytes;
        Remember(position, lastOffset, sizeBytes);
    }

    public void Publish(Offset nextOffset, FilePosition end) =>
        Volatile.Write(ref _tail, new SegmentTail(checked((uint)(nextOffset - BaseOffset)), end).Packed);

    /// <summary>Has the disk begin with what was written long ago, as far as that is left to the page cache.</summary>
    public void BeginWriteback()
    {
        if (_isDirect || SizeBytes < SegmentWriteback.DistanceBytes) return;
        _writeback ??= new SegmentWriteback(this);
        _writeback.Note(SizeBytes);
    }

    /// <summary>Reserves the space for a write that ends there, and some ahead of it.</summary>
    /// <param name="writeEnd">Where the write ends.</param>
    /// <param name="segmentBytes">The segment's largest size.</param>
    /// <param name="isDirect">Write past the page cache once the segment is large enough.</param>
    /// <param name="lengthens">Whether the file's length is to go ahead of its bytes.</param>
    public void Reserve(long writeEnd, long segmentBytes, bool isDirect, bool lengthens)
    {
        if (isDirect && !_isDirect) BecomeDirect();
        long wanted = SpaceAhead.Wanted(writeEnd, _reservedBytes, segmentBytes, _isDirect);
        if (wanted <= _reservedBytes) return;
        if (lengthens) Extend(wanted);
        else ReserveWhole(wanted);
    }

    /// <summary>Goes on with bytes that are in memory only; at each housekeeping, so that none stay there.</summary>
    public void Advance() => Volatile.Read(ref _file)?.Advance();

    /// <summary>Brings all bytes to the file, for who opens it anew by its name.</summary>
    public void EndDirectWriting() => Volatile.Read(ref _file)?.EndDirectWriting();

    /// <summary>Reserves the space for the file to grow to that length.</summary>
    public void ReserveWhole(long length)
    {
        File.Preallocate(length);
        _reservedBytes = length;
        _isLaidOut = false;
    }

    /// <summary>Takes the space for the file to grow to that length, and lengthens it: opening after a crash cuts the zeros off.</summary>
    public void Extend(long length)
    {
        File.Extend(length);
        _reservedBytes = length;
        _isLaidOut = true;
    }

    /// <summary>Ends the segment: a closing time entry, indexes cut to size, reserved space given back.</summary>
    public void Seal()
    {
        CloseTimes();
        _indexes.Seal();
        EndDirectWriting();
        if (_reservedBytes > SizeBytes) File.SetLength(SizeBytes);
        _reservedBytes = 0;
    }

    /// <summary>Makes the log file durable; the indexes can be rebuilt while the segment may still be scanned.</summary>
    public void FlushBatches()
    {
        if (SizeBytes > 0) File.Flush();
    }

    /// <summary>Makes all files durable, so that the segment need not be scanned again.</summary>
    public void FlushWhole()
    {
        FlushBatches();
        _indexes.Flush();
    }

    /// <summary>Adds the highest time to the time index, which is all that the next opening reads of it.</summary>
    public void CloseTimes() =>
        _indexes.Times.Append(new TimestampMs(_maxTimestamp), _maxTimestampOffset, closing: true);

    // What was reserved before lies past the file's end, and a write there would lengthen it: all is taken anew.
    private void BecomeDirect()
    {
        _isDirect = File.TryWriteDirectly(SizeBytes);
        if (_isDirect) _reservedBytes = 0;
    }
}
