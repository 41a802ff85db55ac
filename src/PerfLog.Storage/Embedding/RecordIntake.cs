using System.Diagnostics;
using PerfLog.Records;
using PerfLog.Threading;

namespace PerfLog.Storage;

/// <summary>
/// Where the records of one log are gathered into batches before they are written. Appending threads give each record its
/// offset and its place in the open batch, under a latch held for some tens of nanoseconds; one writer at a time takes the
/// batches, in order. What waits is bounded: who finds no room waits for the writer, or becomes it.
/// </summary>
/// <remarks>
/// While there is something to write, a writer is at work or has been called, except for records whose appender writes them
/// itself right away (<see cref="TryBecomeWriter"/>).
/// </remarks>
internal sealed class RecordIntake
{
    /// <summary>The full batches that wait for the writer at most; a power of two.</summary>
    public const int WaitingMax = 16;

    // A writer that is behind takes batches at once; waiting for it without giving the processor away is cheaper.
    private const int SpinsBeforeWait = 100;

    private readonly LogState _log;
    private readonly DiskSpace _space;
    private readonly BatchBlocks _blocks;
    private readonly RecordClock _clock;
    private readonly IntakeWriter _writing;
    private readonly GatheredBatch[] _waiting = new GatheredBatch[WaitingMax];
    private SpinLatch _latch;
    private GatheredBatch _open = new();

    // How many batches were sealed, and how many of them are written; the writer takes none of the others' latch to go from one to the
    // next, as they have it nearly all the time. Only under the latch the first one grows, only by the writer the second.
    private PaddedInt _sealed;
    private PaddedInt _written;

    private long _next;
    private WriterRole _writer;
    private bool _isPaused;

    // Paused or refusing: what each append looks at.
    private bool _isBarred;
    private Func<Exception>? _refusal;

    /// <param name="log">Where the records go.</param>
    /// <param name="blocks">The directory's.</param>
    /// <param name="writing">Takes the batches.</param>
    public RecordIntake(LogState log, BatchBlocks blocks, IntakeWriter writing)
    {
        _log = log;
        _space = log.Surroundings.Space;
        _blocks = blocks;
        _clock = new RecordClock(log.Surroundings.Time);
        _writing = writing;
        _next = log.End.Value;
        for (int i = 0; i < WaitingMax; i++) _waiting[i] = new GatheredBatch();
    }

    private enum WriterRole
    {
        None,
        Called,
        AtWork,
    }

    /// <summary>The offset that the next record gets.</summary>
    public Offset Next => new(Volatile.Read(ref _next));

    /// <summary>Whether a batch waits that gets no more records.</summary>
    public bool HasFullBatch => WaitingCount > 0;

    // Those that were sealed and are not written. For the writer it only grows, for who has the latch it only shrinks.
    private int WaitingCount => Volatile.Read(ref _sealed.Value) - Volatile.Read(ref _written.Value);

    private ref GatheredBatch NextToSeal => ref _waiting[_sealed.Value & (WaitingMax - 1)];

    private GatheredBatch NextToWrite => _waiting[_written.Value & (WaitingMax - 1)];

    // Under the latch.
    private bool CanPause => !_isPaused && _writer != WriterRole.AtWork;

    /// <summary>Takes a record in.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="timestamp">Its time; none for the time of this moment.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="headersBytes">Their bytes.</param>
    /// <param name="callsWriter">False when the caller sees to it that the record is written.</param>
    /// <returns>Its offset.</returns>
    /// <exception cref="ArgumentException">The record is larger than the log's options allow.</exception>
    /// <exception cref="DiskFullException">The disk has no more room than its reserve.</exception>
    public Offset Append(
        scoped in OptionalBytes key,
        scoped in OptionalBytes value,
        TimestampMs timestamp,
        ReadOnlySpan<RecordHeader> headers,
        long headersBytes,
        bool callsWriter)
    {
        _space.ThrowIfFull();
        while (true)
        {
            _latch.Enter();
            if (_open.HasBlock && !_isBarred)
            {
                long time = timestamp.Value >= 0 ? timestamp.Value : _clock.Read(_open.Count);
                if (_open.TryAppend(key, value, time, headers, headersBytes)) return Taken(callsWriter);
            }

            // What fits into an open batch is not too large.
            PrepareRoom(BatchBytes(key, value, headersBytes));
        }
    }

    /// <summary>Takes a whole batch in, which its caller lends until it is written.</summary>
    public Offset AppendPrepared(Memory<byte> batch, int offsetsCount)
    {
        while (true)
        {
            _latch.Enter();
            bool hasRoom = _refusal is null && !_isPaused && WaitingCount + (_open.IsEmpty ? 0 : 1) < WaitingMax;
            if (hasRoom)
            {
                if (!_open.IsEmpty) SealOpen();
                Offset baseOffset = new(_next);
                NextToSeal.BeginPrepared(batch, offsetsCount, baseOffset);
                Volatile.Write(ref _sealed.Value, _sealed.Value + 1);
                Volatile.Write(ref _next, _next + offsetsCount);
                if (_open.HasBlock) _open.StartAt(new Offset(_next));
                _latch.Exit();
                return baseOffset;
            }

            ThrowIfRefused();
            _latch.Exit();
            WaitForRoom(blockBytes: 0);
        }
    }

    /// <summary>Whether there is something to write and nobody who is about to.</summary>
    public bool NeedsWriter
    {
        get
        {
            _latch.Enter();
            bool needs = _writer == WriterRole.None && (HasFullBatch || !_open.IsEmpty);
            _latch.Exit();
            return needs;
        }
    }

    /// <summary>Makes the caller the writer if none is at work and there is something to write.</summary>
    public bool TryBecomeWriter()
    {
        _latch.Enter();
        bool isFree = _writer != WriterRole.AtWork && (HasFullBatch || !_open.IsEmpty);
        if (isFree) _writer = WriterRole.AtWork;
        _latch.Exit();
        return isFree;
    }

    /// <summary>Makes who was called the writer, unless another took that over.</summary>
    public bool TryAnswerCall()
    {
        _latch.Enter();
        bool isFree = _writer == WriterRole.Called;
        if (isFree) _writer = WriterRole.AtWork;
        _latch.Exit();
        return isFree;
    }

    /// <summary>The next batch to write. Only for the writer, which is the writer no more when there is none.</summary>
    public GatheredBatch? NextBatch()
    {
        if (HasFullBatch) return NextToWrite;
        _latch.Enter();
        if (!HasFullBatch && !_open.IsEmpty) SealOpen();
        GatheredBatch? batch = HasFullBatch ? NextToWrite : null;
        bool isOver = batch is null && !_isPaused;
        if (isOver) _writer = WriterRole.None;
        _latch.Exit();
        if (isOver) _blocks.Room.Announce();
        return batch;
    }

    /// <summary>The full batch that comes so many after the next one; null when there is none. Only for the writer.</summary>
    public GatheredBatch? FullBatch(int after) => after < WaitingCount ? _waiting[(_written.Value + after) & (WaitingMax - 1)] : null;

    /// <summary>So many batches are written; their memory is free. Only for the writer.</summary>
    public void BatchesDone(int count)
    {
        for (int i = 0; i < count; i++) FreeNext();
        _blocks.Room.Announce();
    }

    /// <summary>The writer leaves the rest to another, whom it calls.</summary>
    public void HandOver()
    {
        _latch.Enter();
        _writer = WriterRole.Called;
        _latch.Exit();
        _writing.Call();
    }

    /// <summary>Refuses records from now on. What was taken in stays for the writer.</summary>
    /// <returns>The offset behind the last record taken in.</returns>
    public Offset Refuse(Func<Exception> refusal)
    {
        _latch.Enter();
        _refusal ??= refusal;
        _isBarred = true;
        Offset next = new(_next);
        _latch.Exit();
        _blocks.Room.Announce();
        return next;
    }

    /// <summary>Drops what waits: it cannot be written any more. Only for the writer, who is it no more afterwards.</summary>
    public void Drop()
    {
        _latch.Enter();
        while (HasFullBatch) FreeNext();
        if (_open.TakeBlock() is { } last) _blocks.Return(last);
        _writer = WriterRole.None;
        _latch.Exit();
        _blocks.Room.Announce();
    }

    /// <summary>
    /// Holds new records back and makes the caller the writer as soon as the one at work leaves. The caller writes what
    /// waits, makes its change, and ends with <see cref="Resume"/>.
    /// </summary>
    public void Pause()
    {
        while (!TryPause()) _blocks.Room.WaitUntil(this, static intake => intake.TryPeekPause());
    }

    /// <summary>Takes records in again, from an offset on.</summary>
    public void Resume(Offset next)
    {
        _latch.Enter();
        Debug.Assert(!HasFullBatch && _open.IsEmpty, "What was taken in before the change is written.");
        Volatile.Write(ref _next, next.Value);
        if (_open.TakeBlock() is { } block) _blocks.Return(block);
        Volatile.Write(ref _isPaused, false);
        _isBarred = _refusal is not null;
        _writer = WriterRole.None;
        _latch.Exit();
        _blocks.Room.Announce();
    }

    private bool TryPause()
    {
        _latch.Enter();
        bool isFree = CanPause;
        if (isFree)
        {
            Volatile.Write(ref _isPaused, true);
            _isBarred = true;
            _writer = WriterRole.AtWork;
        }

        _latch.Exit();
        return isFree;
    }

    private bool TryPeekPause()
    {
        _latch.Enter();
        bool isFree = CanPause;
        _latch.Exit();
        return isFree;
    }

    private Offset Taken(bool callsWriter)
    {
        long offset = _next;
        Volatile.Write(ref _next, offset + 1);
        bool calls = callsWriter && _writer == WriterRole.None;
        if (calls) _writer = WriterRole.Called;
        _latch.Exit();
        if (calls) _writing.Call();
        return new Offset(offset);
    }

    // With the latch, which it gives back.
    private void PrepareRoom(long blockBytes)
    {
        ThrowIfRefused();
        LogOptions options = _log.Options;
        int batchBytesMax = Math.Min(options.MaxMessageBytes, options.SegmentBytes);
        if (blockBytes > batchBytesMax) ThrowTooLarge(blockBytes, options);
        MakeRoom((int)blockBytes, batchBytesMax);
    }

    // With the latch, which it gives back.
    private void MakeRoom(int blockBytes, int batchBytesMax)
    {
        bool canSeal = !_isPaused && (_open.IsEmpty || WaitingCount < WaitingMax);
        byte[]? block = canSeal ? _blocks.TryRent(blockBytes) : null;
        if (block is null)
        {
            _latch.Exit();
            WaitForRoom(blockBytes);
            return;
        }

        byte[]? unused = null;
        if (_open.IsEmpty) unused = _open.TakeBlock();
        else SealOpen();
        bool isSummed = WaitingCount >= WaitingMax / 2 && _log.Options.Compression == CompressionCodec.None;
        _open.Begin(block, batchBytesMax, isSummed, new Offset(_next));
        _latch.Exit();
        if (unused is not null) _blocks.Return(unused);
    }

    // By the writer.
    private void FreeNext()
    {
        if (NextToWrite.TakeBlock() is { } block) _blocks.Return(block);
        Volatile.Write(ref _written.Value, _written.Value + 1);
    }

    // With the latch. The open batch changes places with an empty one.
    private void SealOpen()
    {
        (_open, NextToSeal) = (NextToSeal, _open);
        Volatile.Write(ref _sealed.Value, _sealed.Value + 1);
    }

    private void WaitForRoom(int blockBytes)
    {
        SpinWait spin = default;
        for (int i = 0; i < SpinsBeforeWait; i++)
        {
            if (HasRoom(blockBytes)) return;
            spin.SpinOnce(sleep1Threshold: -1);
        }

        // A writer that was called and has not come may be waiting for a thread: for this one.
        if (TryBecomeWriter()) _writing.Work();
        else _blocks.Room.WaitUntil((Intake: this, Bytes: blockBytes), static wish => wish.Intake.HasRoom(wish.Bytes));
    }

    private bool HasRoom(int blockBytes) => Volatile.Read(ref _refusal) is not null
        || (!Volatile.Read(ref _isPaused) && WaitingCount < WaitingMax && _blocks.HasRoom(blockBytes));

    // What a batch of this one record takes at most.
    private static long BatchBytes(scoped in OptionalBytes key, scoped in OptionalBytes value, long headersBytes) =>
        (long)key.Span.Length + value.Span.Length + headersBytes + RecordEncoder.FramingBytesMax + RecordBatchLayout.HeaderBytes;

    // With the latch, which it gives back.
    private void ThrowTooLarge(long bytes, LogOptions options)
    {
        _latch.Exit();
        throw new ArgumentException(
            $"The record takes up to {bytes} bytes; max.message.bytes allows {options.MaxMessageBytes} and segment.bytes {options.SegmentBytes}.");
    }

    // With the latch, which it gives back when it throws.
    private void ThrowIfRefused()
    {
        if (_refusal is not { } refusal) return;
        _latch.Exit();
        throw refusal();
    }
}
