namespace PerfLog.Storage;

/// <summary>
/// How far a log has come in one respect (written, or flushed), and who waits for it to come further. Any thread asks and
/// waits; whoever is at work for the log reports. Allocates nothing in steady state.
/// </summary>
internal sealed class ProgressWaiters(Offset reached, int waitersMax)
{
    private const int FreeMax = 256;

    private readonly Lock _gate = new();
    private readonly PriorityQueue<ProgressWaiter, long> _waiting = new();
    private readonly Stack<ProgressWaiter> _free = [];
    private long _reached = reached.Value;
    private Exception? _fault;

    /// <summary>All records below have come this far.</summary>
    public Offset Reached => new(Volatile.Read(ref _reached));

    /// <summary>Whether anyone waits; a glance without the lock, for who can bear to be late by a moment.</summary>
    public bool HasWaiters => _waiting.Count > 0;

    /// <summary>Completes when a record has come this far; its result is the record's offset.</summary>
    public ValueTask<Offset> WaitAsync(Offset record, CancellationToken cancellation = default) =>
        Reached > record ? new ValueTask<Offset>(record)
        : TryEnter(record, cancellation, out ProgressWaiter? waiter, out Exception? refusal) ? new ValueTask<Offset>(waiter!, waiter!.Version)
        : refusal is null ? new ValueTask<Offset>(record)
        : ValueTask.FromException<Offset>(refusal);

    /// <inheritdoc cref="WaitAsync"/>
    public ValueTask WaitForAsync(Offset record, CancellationToken cancellation = default) =>
        Reached > record ? ValueTask.CompletedTask
        : TryEnter(record, cancellation, out ProgressWaiter? waiter, out Exception? refusal) ? new ValueTask(waiter!, waiter!.Version)
        : refusal is null ? ValueTask.CompletedTask
        : ValueTask.FromException(refusal);

    /// <summary>How many wait; a glance without the lock, for who can bear to be wrong by some.</summary>
    public int Count => _waiting.Count;

    /// <summary>The log has come this far; it never goes back by this.</summary>
    /// <returns>How many waited for it.</returns>
    public int Advance(Offset reached)
    {
        int told = 0;
        lock (_gate)
        {
            if (reached.Value <= _reached) return 0;
            Volatile.Write(ref _reached, reached.Value);
            while (_waiting.TryPeek(out ProgressWaiter? waiter, out long record) && record < reached.Value)
            {
                _waiting.Dequeue();
                waiter.Complete();
                told++;
            }
        }

        return told;
    }

    /// <summary>The log was cut: whoever waits looks anew.</summary>
    public void Restart(Offset reached)
    {
        lock (_gate)
        {
            Volatile.Write(ref _reached, reached.Value);
            while (_waiting.TryDequeue(out ProgressWaiter? waiter, out _)) waiter.Complete();
        }
    }

    /// <summary>The log goes no further: all who wait, and who come later, get the cause.</summary>
    public void Fail(Exception cause)
    {
        lock (_gate)
        {
            _fault ??= cause;
            while (_waiting.TryDequeue(out ProgressWaiter? waiter, out _)) waiter.Fail(_fault);
        }
    }

    public bool TryRemove(ProgressWaiter waiter)
    {
        lock (_gate) return _waiting.Remove(waiter, out _, out _);
    }

    public void GiveBack(ProgressWaiter waiter)
    {
        lock (_gate)
        {
            if (_free.Count < FreeMax) _free.Push(waiter);
        }
    }

    private bool TryEnter(Offset record, CancellationToken cancellation, out ProgressWaiter? waiter, out Exception? refusal)
    {
        waiter = null;
        refusal = null;
        lock (_gate)
        {
            if (_reached > record.Value) return false;
            refusal = _fault;
            if (refusal is null && _waiting.Count >= waitersMax)
                refusal = new InvalidOperationException($"{waitersMax} callers wait for the log already, which is the limit.");
            if (refusal is not null) return false;
            waiter = _free.Count > 0 ? _free.Pop() : new ProgressWaiter(this);
            waiter.Start(record);
            _waiting.Enqueue(waiter, record.Value);
        }

        if (cancellation.CanBeCanceled) waiter.Watch(cancellation);
        return true;
    }
}
