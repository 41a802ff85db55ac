using System.Runtime.InteropServices;
using System.Text;
using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Client.Producing;

/// <summary>
/// Records of one partition on their way. Filled under the partition's lock; from when it is taken for sending until it is
/// resolved the broker's sender owns it; then its completion runs once, on a thread of the pool, and it can be used again.
/// </summary>
internal sealed class ProducerBatch(int batchBytes) : IThreadPoolWorkItem, IDisposable
{
    // As much as a producer's memory by default: the next producer finds what the one before it had.
    private const long KeptBytesMax = 32 << 20;

    // The shared pool keeps some dozens of blocks of a size; a producer has hundreds, and a new one of this size is cleared first.
    private static readonly KeptBlocks Blocks = new(KeptBytesMax);

    private readonly RecordBatchBuilder _builder = new(batchBytes, Blocks);
    private readonly List<Waiter> _waiters = [];
    private Accumulator? _owner;
    private RecordMetadata _first;
    private bool _stampedByBroker;
    private ProduceException? _failure;
    private ProducerSequence? _sequence;
    private int _resolved;

    public PartitionQueue Queue { get; private set; } = null!;

    /// <summary>How many records of the partition came before it: the order of batches, also of those that were split.</summary>
    public long Number { get; private set; }

    /// <summary>The clock's timestamp when its first record came.</summary>
    public long CreatedAt { get; private set; }

    /// <summary>The bytes of the producer's memory that it was given.</summary>
    public int ReservedBytes { get; private set; }

    public FlushGeneration Generation { get; private set; } = null!;

    public int Attempts { get; set; }

    /// <summary>Whether it was sent while nothing before it was unresolved, so that a gap in the sequence is no other batch's.</summary>
    public bool SentAsHead { get; set; }

    public bool HasSequence => _sequence is not null;

    public int RecordsCount => _builder.RecordsCount;

    public int SizeBytes => _builder.SizeBytes;

    /// <summary>The finished bytes; empty before <see cref="Seal"/>.</summary>
    public Memory<byte> Bytes { get; private set; }

    public void Begin(PartitionQueue queue, long number, long createdAt, int reservedBytes, FlushGeneration generation)
    {
        (Queue, Number, CreatedAt, ReservedBytes, Generation) = (queue, number, createdAt, reservedBytes, generation);
        (Attempts, SentAsHead, _sequence, Bytes) = (0, false, null, default);
        _waiters.Clear();
        _failure = null;
        _resolved = 0;
        _builder.Begin(new BatchProperties(), Math.Max(batchBytes, reservedBytes));
    }

    /// <param name="record">The record.</param>
    /// <param name="now">The record's time, when it brings none.</param>
    /// <param name="waiter">A <see cref="Delivery"/>, a callback, or null.</param>
    /// <returns>False when it does not fit.</returns>
    public bool TryAppend(in RecordBytes record, TimestampMs now, object? waiter)
    {
        TimestampMs time = record.Timestamp == TimestampMs.None ? now : record.Timestamp;
        if (!_builder.TryAppend(time, record.Key, record.Value, record.Headers)) return false;
        if (waiter is not null) AddWaiter(waiter, _builder.RecordsCount - 1, time);
        return true;
    }

    public void AssignSequence(ProducerSequence sequence)
    {
        _builder.AssignProducer(sequence.Id, sequence.Epoch, sequence.Next);
        _sequence = sequence;
        Bytes = default;
    }

    /// <summary>Takes its sequence back, so that it gets another before it is sent again.</summary>
    public void ForgetSequence() => _sequence = null;

    /// <summary>Finishes the bytes, unless they are finished already.</summary>
    public void Seal(CompressionCodec codec)
    {
        if (!Bytes.IsEmpty) return;
        _builder.UseCodec(codec);
        Bytes = _builder.Build();
    }

    /// <summary>
    /// Moves its records, and those who wait for them, to two batches. What it was refused for may not hold for the halves;
    /// they follow each other in the sequence, where it has one.
    /// </summary>
    public void SplitInto(ProducerBatch first, ProducerBatch second)
    {
        int half = RecordsCount / 2;
        var records = new RecordEnumerator(new RecordBatchView(Bytes.Span), _builder.PlainRecords);
        for (int index = 0; records.MoveNext(); index++) (index < half ? first : second).Take(records.Current);
        foreach (Waiter waiter in _waiters)
        {
            for (int index = waiter.Index; index < waiter.End; index++)
            {
                if (index < half) first.AddWaiter(waiter.Target, index, waiter.Timestamp);
                else second.AddWaiter(waiter.Target, index - half, waiter.Timestamp);
            }
        }

        _waiters.Clear();
        if (_sequence is not { } sequence) return;
        first.AssignSequence(sequence);
        second.AssignSequence(sequence with { Next = Sequence.Add(sequence.Next, half) });
    }

    /// <summary>Tells all who wait, on another thread. Only the first outcome counts.</summary>
    /// <param name="baseOffset">The first record's offset, or none.</param>
    /// <param name="appendTime">The broker's time, or none.</param>
    /// <param name="failure">Why the batch was not written.</param>
    /// <param name="owner">Gets the batch back at the very end, and may use it again.</param>
    public void Resolve(Offset baseOffset, TimestampMs appendTime, ProduceException? failure, Accumulator owner)
    {
        if (Interlocked.Exchange(ref _resolved, 1) != 0) return;
        _first = new RecordMetadata(Queue.Topic, Queue.Partition, baseOffset, appendTime);
        _stampedByBroker = appendTime != TimestampMs.None;
        _failure = failure;
        _owner = owner;
        if (_waiters.Count == 0) owner.Release(this);
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Dispose() => _builder.Dispose();

    void IThreadPoolWorkItem.Execute()
    {
        foreach (Waiter waiter in _waiters)
        {
            for (int index = waiter.Index; index < waiter.End; index++) waiter.Tell(Report(waiter, index));
        }

        _waiters.Clear();
        _owner!.Release(this);
    }

    // One callback for records that follow each other within a millisecond is the usual case: a single entry serves them all.
    private void AddWaiter(object target, int index, TimestampMs time)
    {
        Span<Waiter> waiters = CollectionsMarshal.AsSpan(_waiters);
        if (!waiters.IsEmpty && waiters[^1].TryExtend(target, index, time)) return;
        _waiters.Add(new Waiter(target, index, time));
    }

    private void Take(RecordView record)
    {
        List<RecordHeader> headers = [];
        foreach (HeaderView header in record.Headers)
            headers.Add(new RecordHeader(Encoding.UTF8.GetString(header.KeyUtf8), header.Value.ToArray()));
        if (!_builder.TryAppend(record.Timestamp, record.Key, record.Value, CollectionsMarshal.AsSpan(headers)))
            throw new InvalidOperationException("A half of a batch has no room for its records.");
    }

    private DeliveryReport Report(in Waiter waiter, int index) => new(
        _first with
        {
            Offset = _first.Offset == Offset.None ? Offset.None : _first.Offset + index,
            Timestamp = _stampedByBroker ? _first.Timestamp : waiter.Timestamp,
        },
        _failure);

    /// <summary>Who waits for one record of the batch, or for some that follow each other and have the same time.</summary>
    private struct Waiter(object target, int index, TimestampMs timestamp)
    {
        public readonly object Target => target;

        public readonly TimestampMs Timestamp => timestamp;

        /// <summary>The first record's place in the batch.</summary>
        public readonly int Index => index;

        /// <summary>The place behind the last one's.</summary>
        public int End { get; private set; } = index + 1;

        public bool TryExtend(object other, int at, TimestampMs time)
        {
            if (other != target || at != End || time != timestamp) return false;
            End++;
            return true;
        }

        public readonly void Tell(in DeliveryReport report)
        {
            if (Target is Delivery delivery) delivery.Complete(report);
            else Call((Action<DeliveryReport>)Target, report);
        }

        private static void Call(Action<DeliveryReport> callback, DeliveryReport report)
        {
            try
            {
                callback(report);
            }
            catch (Exception)
            {
                // A callback that breaks must not take the other records' outcomes with it.
            }
        }
    }
}
