namespace PerfLog.Client.Producing;

/// <summary>
/// The memory of one producer for records that are not resolved (<c>buffer.memory</c>), and the batches that are free for
/// use. Any thread may call it. Who finds no room waits in line; newcomers do not pass those in line.
/// </summary>
/// <remarks>The line begins to move when a quarter of the memory is free, and moves until there is none: a sender that is woken
/// for each batch would spend its time with waking up.</remarks>
internal sealed class BufferBudget(long bytesMax, int batchBytes) : IDisposable
{
    private const int FreeShare = 4;

    private readonly Lock _lock = new();
    private readonly Stack<ProducerBatch> _free = new();
    private readonly Queue<Place> _line = new();
    private long _used;
    private int _woken;
    private bool _isMoving;
    private bool _isExhausted;

    /// <summary>Whether somebody waits for memory, so that what lingers has to go.</summary>
    public bool IsExhausted => Volatile.Read(ref _isExhausted);

    public long UsedBytes
    {
        get
        {
            lock (_lock) return _used;
        }
    }

    /// <summary>Reserves memory and hands out an empty batch.</summary>
    /// <param name="bytes">The batch's limit.</param>
    /// <param name="waited">Whether the caller has been through the line.</param>
    public ProducerBatch? TryTake(int bytes, bool waited)
    {
        lock (_lock)
        {
            if (_used + bytes > bytesMax || (!waited && (_line.Count > 0 || _woken > 0))) return null;
            _used += bytes;
            return _free.TryPop(out ProducerBatch? batch) ? batch : new ProducerBatch(batchBytes);
        }
    }

    /// <summary>
    /// Hands out an empty batch for a half of one that is in use, also beyond the limit: the whole cannot go without its
    /// halves.
    /// </summary>
    public ProducerBatch TakeForHalf(int bytes)
    {
        lock (_lock)
        {
            _used += bytes;
            return _free.TryPop(out ProducerBatch? batch) ? batch : new ProducerBatch(batchBytes);
        }
    }

    /// <summary>Takes a resolved batch back and lets the first in line try again.</summary>
    public void Return(ProducerBatch batch)
    {
        lock (_lock)
        {
            _used -= batch.ReservedBytes;
            if (_free.Count * (long)batchBytes < bytesMax) _free.Push(batch);
            else batch.Dispose();
            WakeFirst();
        }
    }

    /// <summary>Completes when it is worth trying again. Whoever waited says so with <see cref="LeaveLine"/> afterwards.</summary>
    public Task WaitForRoomAsync(int bytes)
    {
        lock (_lock)
        {
            Place place = new(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), bytes);
            _line.Enqueue(place);
            Volatile.Write(ref _isExhausted, true);
            // What was returned between the failed attempt and this wait must not be missed.
            WakeFirst();
            return place.Turn.Task;
        }
    }

    /// <summary>Ends the turn of one who was woken, or gives up a place; there may be room for the next.</summary>
    public void LeaveLine(Task turn)
    {
        lock (_lock)
        {
            if (turn.IsCompleted) _woken--;
            else Abandon(turn);
            WakeFirst();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            while (_free.TryPop(out ProducerBatch? batch)) batch.Dispose();
        }
    }

    // One at a time, so that the order of the line is the order of the records.
    private void WakeFirst()
    {
        Volatile.Write(ref _isExhausted, _line.Count > 0);
        if (_woken > 0 || !_line.TryPeek(out Place first)) return;
        long free = bytesMax - _used;
        _isMoving = free >= first.Bytes && (_isMoving || free >= bytesMax / FreeShare);
        if (!_isMoving) return;
        _line.Dequeue();
        _woken++;
        first.Turn.SetResult();
    }

    private void Abandon(Task turn)
    {
        for (int count = _line.Count; count > 0; count--)
        {
            Place place = _line.Dequeue();
            if (place.Turn.Task != turn) _line.Enqueue(place);
        }
    }

    private readonly record struct Place(TaskCompletionSource Turn, int Bytes);
}
