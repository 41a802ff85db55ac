namespace PerfLog.Client.Producing;

/// <summary>
/// What the partitions of one producer share: memory, the rules of when a batch is due, the producer's id. Any thread may
/// call it, a partition while it holds its own lock.
/// </summary>
internal sealed class Accumulator(ProducerOptions options, BufferBudget budget) : IDisposable
{
    private readonly ProducerIdentity? _identity = options.EnableIdempotence ? new ProducerIdentity() : null;
    private readonly FlushGate _flush = new();
    private int _flushing;
    private bool _closing;

    /// <summary>The producer's id for sequences; null without idempotence.</summary>
    public ProducerIdentity? Identity => _identity;

    public BufferBudget Budget => budget;

    public ProducerSequence? FirstSequence => _identity?.First;

    /// <summary>No more is coming, so nothing waits for more.</summary>
    public void Close() => Volatile.Write(ref _closing, true);

    /// <summary>Begins a batch for a record, if there is memory.</summary>
    public ProducerBatch? TryBegin(PartitionQueue queue, long number, in RecordBytes record, bool waited)
    {
        int bytes = BatchBytesFor(record);
        ProducerBatch? batch = budget.TryTake(bytes, waited);
        batch?.Begin(queue, number, options.Time.GetTimestamp(), bytes, _flush.Enter());
        return batch;
    }

    /// <summary>Makes two batches of one that is sealed; its memory is freed when it is resolved, right after.</summary>
    public (ProducerBatch First, ProducerBatch Second) Split(ProducerBatch batch)
    {
        ProducerBatch first = BeginHalf(batch, batch.Number);
        ProducerBatch second = BeginHalf(batch, batch.Number + (batch.RecordsCount / 2));
        batch.SplitInto(first, second);
        return (first, second);
    }

    /// <summary>The memory of a batch that is begun for a record.</summary>
    public int BatchBytesFor(in RecordBytes record) => (int)Math.Max(options.BatchSize, record.BatchBytesMax);

    /// <summary>Whether a batch that could take more records should go nevertheless.</summary>
    public bool IsDue(ProducerBatch batch, long now) =>
        options.Linger == TimeSpan.Zero
        || Volatile.Read(ref _flushing) > 0
        || Volatile.Read(ref _closing)
        || budget.IsExhausted
        || options.Time.GetElapsedTime(batch.CreatedAt, now) >= options.Linger;

    /// <summary>The sequence with which a partition starts over; null when a new id must be asked for first.</summary>
    public ProducerSequence? NextEpochOf(ProducerSequence sequence)
    {
        if (sequence.Epoch < short.MaxValue) return new ProducerSequence(sequence.Id, (short)(sequence.Epoch + 1), 0);
        _identity!.Forget(sequence.Id);
        return null;
    }

    /// <summary>Frees a resolved batch's memory.</summary>
    public void Release(ProducerBatch batch)
    {
        FlushGeneration generation = batch.Generation;
        budget.Return(batch);
        _flush.Leave(generation);
    }

    /// <summary>Completes when everything sent so far is resolved; meanwhile nothing lingers.</summary>
    /// <param name="sendAll">Makes every partition that has a batch send it.</param>
    /// <param name="cancellation">Ends the wait; what was sent goes on.</param>
    public async Task FlushAsync(Action sendAll, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _flushing);
        try
        {
            Task done = _flush.WaitAsync();
            sendAll();
            await done.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _flushing);
        }
    }

    // Where in the batch its large records stand is not known, so that each half gets as much room as the whole.
    private ProducerBatch BeginHalf(ProducerBatch whole, long number)
    {
        ProducerBatch half = budget.TakeForHalf(whole.ReservedBytes);
        _flush.Join(whole.Generation);
        half.Begin(whole.Queue, number, whole.CreatedAt, whole.ReservedBytes, whole.Generation);
        return half;
    }

    public void Dispose() => budget.Dispose();
}
