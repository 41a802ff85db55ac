using System.Collections.Concurrent;
using PerfLog.Buffers;
using PerfLog.Client.Cluster;

namespace PerfLog.Client.Producing;

/// <summary>
/// A producer of bytes: topics, their partitions' batches, and a sender for each broker. Any thread may send. A record that
/// finds its topic known and memory free is taken at once and without allocation; others wait in their topic's line.
/// </summary>
internal sealed class ProducerCore : IAsyncDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, TopicQueues> _topics = new();
    private readonly ConcurrentDictionary<int, BrokerSender> _senders = new();
    private readonly ClusterClient _cluster;
    private readonly SenderContext _context;
    private readonly BufferBudget _budget;
    private readonly WaitingLine _line;
    private readonly Random _random;
    private readonly ITimer _sweeper;
    private readonly Func<string, TopicQueues> _addTopic;
    private int _closing;

    public ProducerCore(ProducerOptions options, ClusterClient cluster)
    {
        Options = options;
        _cluster = cluster;
        _random = new Random(options.Seed ?? (int)options.Time.GetTimestamp());
        _budget = new BufferBudget(options.BufferMemory, Math.Max(options.BatchSize, 1));
        Accumulator = new Accumulator(options, _budget);
        _context = new SenderContext(options, cluster, Accumulator, Route);
        _line = new WaitingLine(this, cluster);
        _addTopic = AddTopic;
        cluster.Changed = TakeSnapshot;
        _sweeper = options.Time.CreateTimer(static core => ((ProducerCore)core!).Sweep(), this, SweepInterval, SweepInterval);
    }

    public ProducerOptions Options { get; }

    public Accumulator Accumulator { get; }

    public bool IsClosing => Volatile.Read(ref _closing) != 0;

    public TopicQueues TopicOf(string topic) => _topics.TryGetValue(topic, out TopicQueues? known) ? known : _topics.GetOrAdd(topic, _addTopic);

    /// <summary>Takes a record if nothing is in its way.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="record">The record.</param>
    /// <param name="waiter">Who is told what becomes of it; null for nobody.</param>
    /// <param name="waited">Whether the caller has been through the topic's line.</param>
    /// <exception cref="ProduceException">It can never be taken.</exception>
    public bool TryAccept(TopicQueues topic, in RecordBytes record, object? waiter, bool waited = false)
    {
        if (IsClosing || (!waited && topic.HasLine) || topic.Partitions.IsEmpty) return false;
        ThrowIfTooLarge(topic.Topic, record);
        if (topic.Choose(record) is not { } queue) return false;
        return TryAppend(queue, record, TimestampMs.Now(Options.Time), waiter, waited);
    }

    /// <summary>Takes many records as one, as long as nothing is in their way.</summary>
    /// <returns>How many were taken.</returns>
    public int AcceptMany(TopicQueues topic, ReadOnlySpan<RawRecord> records)
    {
        if (IsClosing || topic.HasLine || topic.Partitions.IsEmpty) return 0;
        TimestampMs now = TimestampMs.Now(Options.Time);
        for (int index = 0; index < records.Length; index++)
        {
            RecordBytes record = Bytes(records[index]);
            ThrowIfTooLarge(topic.Topic, record);
            if (topic.Choose(record) is not { } queue || !TryAppend(queue, record, now, waiter: null, waited: false)) return index;
        }

        return records.Length;
    }

    /// <summary>Completes when the record is taken, which may need memory or metadata first.</summary>
    public ValueTask AcceptAsync(string topic, in RecordBytes record, object? waiter, CancellationToken cancellation)
    {
        TopicQueues queues = TopicOf(topic);
        if (TryAccept(queues, record, waiter)) return ValueTask.CompletedTask;
        // A topic that is not known yet was no reason to look at the record; there will never be room for one that is too large.
        ThrowIfTooLarge(topic, record);
        return _line.WaitAsync(queues, record, waiter, cancellation);
    }

    public static RecordBytes Bytes(in RawRecord record) => new()
    {
        Key = record.Key is { } key ? new(key.Span) : default,
        Value = record.Value is { } value ? new(value.Span) : default,
        Partition = PartitionChoice.Any,
        Timestamp = TimestampMs.None,
    };

    /// <summary>Why a record is refused whose key or value alone is too large.</summary>
    public ProduceException TooLargeToSerialize(string topic, BufferLimitException limit) =>
        TooLarge(topic, $"at least {limit.BytesWanted}", $"max.request.size={Options.MaxRequestSize}", limit);

    public Task FlushAsync(CancellationToken cancellation) => Accumulator.FlushAsync(SendAll, cancellation);

    /// <summary>Makes every partition that has a batch known to the sender of its leader.</summary>
    public void SendAll()
    {
        // Not the values, which would be copied into a list each time.
        foreach ((_, TopicQueues topic) in _topics)
        {
            foreach (PartitionQueue queue in topic.Partitions)
            {
                if (queue.HasBatches) Route(queue);
            }
        }
    }

    /// <summary>Sends what is left, within a bound; what is not resolved by then fails.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closing, 1) != 0) return;
        Accumulator.Close();
        using (CancellationTokenSource bound = new(Options.CloseTimeout, Options.Time))
        {
            try
            {
                await FlushAsync(bound.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The rest fails below.
            }
        }

        await _sweeper.DisposeAsync().ConfigureAwait(false);
        foreach (BrokerSender sender in _senders.Values) await sender.StopAsync().ConfigureAwait(false);
        await _cluster.DisposeAsync().ConfigureAwait(false);
        foreach (BrokerSender sender in _senders.Values) await sender.DisposeAsync().ConfigureAwait(false);
        GiveUp(createdBefore: long.MaxValue, "the producer was closed");
        await _context.DisposeAsync().ConfigureAwait(false);
        Accumulator.Dispose();
    }

    private bool TryAppend(PartitionQueue queue, in RecordBytes record, TimestampMs now, object? waiter, bool waited)
    {
        AppendOutcome outcome = queue.TryAppend(record, now, waiter, waited);
        switch (outcome)
        {
            case AppendOutcome.NoMemory:
                // What was open is closed now, and may be what memory waits for.
                Route(queue);
                return false;
            case AppendOutcome.AppendedToNewBatch when Options.Linger > TimeSpan.Zero:
                _context.Later.Add(queue, _context.After(Options.Linger));
                break;
            case AppendOutcome.AppendedAndFull:
                if (Options.Linger > TimeSpan.Zero) _context.Later.Add(queue, _context.After(Options.Linger));
                Route(queue);
                break;
            case AppendOutcome.AppendedToNewBatch:
                Route(queue);
                break;
        }

        return true;
    }

    private void ThrowIfTooLarge(string topic, in RecordBytes record)
    {
        long bytes = record.BatchBytesMax;
        if (bytes <= Options.BatchSize) return;
        if (bytes > Options.MaxRequestSize) throw TooLarge(topic, $"{bytes}", $"max.request.size={Options.MaxRequestSize}");
        if (bytes > Options.BufferMemory) throw TooLarge(topic, $"{bytes}", $"buffer.memory={Options.BufferMemory}");
    }

    private static ProduceException TooLarge(string topic, string bytes, string limit, Exception? inner = null) =>
        new(ErrorCode.MessageTooLarge, topic, PartitionChoice.Any, $"a record that needs {bytes} bytes is over {limit}", inner);

    private TopicQueues AddTopic(string topic)
    {
        int seed;
        lock (_random) seed = _random.Next();
        _cluster.Track(topic);
        return new TopicQueues(topic, Options.Partitioner(topic, Options.BatchSize, seed), Accumulator);
    }

    private void Route(PartitionQueue queue)
    {
        if (!queue.TryList()) return;
        BrokerId leader = queue.Leader;
        if (leader != BrokerId.None)
        {
            _senders.GetOrAdd(leader.Value, static (id, context) => new BrokerSender(new BrokerId(id), context), _context).Add(queue);
            return;
        }

        // Nobody to send to: ask who leads, and look again.
        queue.Unlist();
        _cluster.RefreshSoon();
        _context.Later.Add(queue, _context.After(Options.RetryBackoff));
    }

    private void TakeSnapshot(ClusterSnapshot snapshot)
    {
        foreach (TopicQueues topic in _topics.Values)
        {
            if (snapshot.Topics.TryGetValue(topic.Topic, out TopicSnapshot? told)) topic.Update(told);
        }
    }

    private void Sweep()
    {
        if (_cluster.IsStale && !_topics.IsEmpty) _cluster.RefreshSoon();
        GiveUp(_context.After(-Options.DeliveryTimeout), $"not written within {Options.DeliveryTimeout.TotalMilliseconds} ms (delivery.timeout.ms)");
    }

    private void GiveUp(long createdBefore, string reason)
    {
        List<ProducerBatch>? expired = null;
        foreach (TopicQueues topic in _topics.Values)
        {
            foreach (PartitionQueue queue in topic.Partitions)
            {
                if (queue.HasBatches) queue.TakeExpired(createdBefore, expired ??= []);
            }
        }

        foreach (ProducerBatch batch in expired ?? [])
        {
            var failure = new ProduceException(ErrorCode.RequestTimedOut, batch.Queue.Topic, batch.Queue.Partition, reason);
            BatchMetrics.Told(batch, failure.Error, Options.Time);
            batch.Resolve(Offset.None, TimestampMs.None, failure, Accumulator);
        }
    }
}
