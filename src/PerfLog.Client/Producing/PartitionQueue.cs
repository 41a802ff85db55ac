namespace PerfLog.Client.Producing;

/// <summary>What happened to a record that was to be added to a partition's batches.</summary>
internal enum AppendOutcome
{
    Appended,

    /// <summary>It started a batch, which nobody has been told of yet.</summary>
    AppendedToNewBatch,

    /// <summary>It is in, and a batch is full and should go now.</summary>
    AppendedAndFull,

    /// <summary>The producer's memory is used up.</summary>
    NoMemory,
}

/// <summary>
/// The batches of one partition: those that wait, those to be sent again, and how many are under way. Senders append from any
/// thread; one broker's sender at a time takes. All state is behind its lock.
/// </summary>
/// <remarks>
/// Order is kept so: a batch to be sent again goes before all others, and alone. With idempotence it keeps its sequence, and
/// what was under way behind it is refused by the broker as out of order and comes back here as well. A batch that is refused
/// as out of order although nothing before it is unresolved shows that an earlier one was given up and never written; it was
/// not written either, so the partition starts over in a new epoch, and whatever of the old one may still be under way is fenced.
/// </remarks>
internal sealed class PartitionQueue(string topic, int partition, Accumulator accumulator)
{
    private readonly Lock _lock = new();
    private readonly Queue<ProducerBatch> _waiting = new();
    private readonly List<ProducerBatch> _again = [];
    private ProducerBatch? _open;
    private ProducerSequence? _sequence;
    private long _records;
    private long _notBefore;
    private int _underWay;
    private BrokerId _underWayTo = BrokerId.None;
    private int _leader = BrokerId.None.Value;
    private int _listed;

    public string Topic { get; } = topic;

    public int Partition { get; } = partition;

    /// <summary>The broker to send to; set by each new snapshot of the cluster.</summary>
    public BrokerId Leader
    {
        get => new(Volatile.Read(ref _leader));
        set => Volatile.Write(ref _leader, value.Value);
    }

    /// <summary>Says that it stands in a list of partitions to send.</summary>
    /// <returns>False when it stands in one already.</returns>
    public bool TryList() => Interlocked.Exchange(ref _listed, 1) == 0;

    public void Unlist() => Volatile.Write(ref _listed, 0);

    /// <param name="record">The record.</param>
    /// <param name="now">Its time, when it brings none.</param>
    /// <param name="waiter">Who is told what becomes of it; null for nobody.</param>
    /// <param name="waited">Whether the caller waited in line for memory.</param>
    public AppendOutcome TryAppend(in RecordBytes record, TimestampMs now, object? waiter, bool waited)
    {
        lock (_lock)
        {
            if (_open is not null && _open.TryAppend(record, now, waiter))
            {
                _records++;
                return AppendOutcome.Appended;
            }

            // Closed even when no other can be had: a later, smaller record must not slip in before this one.
            bool filled = _open is not null;
            _open = null;
            ProducerBatch? batch = accumulator.TryBegin(this, _records, record, waited);
            if (batch is null) return AppendOutcome.NoMemory;
            if (!batch.TryAppend(record, now, waiter))
                throw new InvalidOperationException("A batch made for a record has no room for it.");
            _records++;
            _waiting.Enqueue(batch);
            _open = batch;
            return filled ? AppendOutcome.AppendedAndFull : AppendOutcome.AppendedToNewBatch;
        }
    }

    /// <summary>Takes the batch that is to go next.</summary>
    /// <param name="to">The broker that the caller sends to.</param>
    /// <param name="now">The clock's timestamp.</param>
    /// <param name="bytesMax">A batch that is larger stays, unless it is to go alone.</param>
    /// <param name="batch">The batch; its sequence is assigned.</param>
    /// <param name="more">Whether another batch can go right behind it.</param>
    public bool TryTake(BrokerId to, long now, int bytesMax, out ProducerBatch? batch, out bool more)
    {
        lock (_lock)
        {
            batch = Next(to, now);
            more = batch is not null && batch.SizeBytes > bytesMax;
            if (batch is null || more) return false;
            Remove(batch);
            Sequence(batch);
            batch.SentAsHead = _underWay == 0;
            batch.Attempts++;
            (_underWay, _underWayTo) = (_underWay + 1, to);
            more = Next(to, now) is not null;
            return true;
        }
    }

    /// <summary>Ends a batch's being under way: it is resolved.</summary>
    public void Settle()
    {
        lock (_lock) _underWay--;
    }

    /// <summary>Takes back a batch that may be sent again.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="notBefore">The clock's timestamp before which nothing of this partition goes.</param>
    /// <param name="startsOver">Whether it was refused as out of order although it was the first unresolved one.</param>
    public void TakeBack(ProducerBatch batch, long notBefore, bool startsOver)
    {
        lock (_lock)
        {
            _underWay--;
            InsertAgain(batch);
            _notBefore = Math.Max(_notBefore, notBefore);
            if (!startsOver) return;
            _sequence = accumulator.NextEpochOf(_sequence!.Value);
            foreach (ProducerBatch unresolved in _again) unresolved.ForgetSequence();
        }
    }

    /// <summary>Takes back a batch that is too large for the broker as two smaller ones, which go in its place.</summary>
    public void TakeBackInHalves(ProducerBatch batch)
    {
        lock (_lock)
        {
            _underWay--;
            (ProducerBatch first, ProducerBatch second) = accumulator.Split(batch);
            InsertAgain(first);
            InsertAgain(second);
        }
    }

    /// <summary>Takes out what is not under way and older than allowed, or, at the end, everything.</summary>
    public void TakeExpired(long createdBefore, List<ProducerBatch> expired)
    {
        lock (_lock)
        {
            for (int index = _again.Count - 1; index >= 0; index--)
            {
                if (_again[index].CreatedAt > createdBefore) continue;
                expired.Add(_again[index]);
                _again.RemoveAt(index);
            }

            while (_waiting.TryPeek(out ProducerBatch? oldest) && oldest.CreatedAt <= createdBefore)
            {
                expired.Add(oldest);
                Remove(oldest);
            }
        }
    }

    /// <summary>Whether there is anything that could be sent, now or later.</summary>
    public bool HasBatches
    {
        get
        {
            lock (_lock) return _again.Count > 0 || _waiting.Count > 0;
        }
    }

    private ProducerBatch? Next(BrokerId to, long now)
    {
        // Two brokers' answers would race each other: the old leader's come first.
        if (_underWay > 0 && _underWayTo != to) return null;
        if (now < _notBefore) return null;
        if (_again.Count > 0) return _underWay == 0 ? _again[0] : null;
        if (!_waiting.TryPeek(out ProducerBatch? oldest)) return null;
        return oldest != _open || accumulator.IsDue(oldest, now) ? oldest : null;
    }

    private void InsertAgain(ProducerBatch batch)
    {
        int place = _again.FindIndex(other => other.Number > batch.Number);
        _again.Insert(place < 0 ? _again.Count : place, batch);
    }

    private void Remove(ProducerBatch batch)
    {
        if (_again.Count > 0 && _again[0] == batch) _again.RemoveAt(0);
        else _waiting.Dequeue();
        if (batch == _open) _open = null;
    }

    private void Sequence(ProducerBatch batch)
    {
        if (batch.HasSequence || (_sequence ?? accumulator.FirstSequence) is not { } sequence) return;
        batch.AssignSequence(sequence);
        _sequence = sequence with { Next = Records.Sequence.Add(sequence.Next, batch.RecordsCount) };
    }
}

/// <summary>A partition's place in the order of an idempotent producer's records.</summary>
internal readonly record struct ProducerSequence(ProducerId Id, short Epoch, int Next);
