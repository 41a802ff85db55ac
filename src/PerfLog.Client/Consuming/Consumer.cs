using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using PerfLog.Buffers;
using PerfLog.Client.Admin;
using PerfLog.Client.Cluster;
using PerfLog.Client.Groups;
using PerfLog.Records;

namespace PerfLog.Client.Consuming;

/// <summary>
/// Reads records of topics. One thread at a time uses it; <see cref="Wakeup"/> alone may be called by others. It fetches ahead
/// by itself, within <see cref="ConsumerOptions.PrefetchBytesMax"/>.
/// </summary>
public sealed class Consumer<TKey, TValue> : IAsyncDisposable
{
    private const int BatchesKept = 4;

    private readonly ConsumerCore _core;
    private readonly IDeserializer<TKey> _keys;
    private readonly IDeserializer<TValue> _values;
    private readonly Reusables<ConsumedBatch<TKey, TValue>> _batches;

    /// <summary>Makes a consumer; it connects when it is first asked something.</summary>
    /// <param name="options">How it works.</param>
    /// <param name="keyDeserializer">Null for the built-in one of the type.</param>
    /// <param name="valueDeserializer">Null for the built-in one of the type.</param>
    /// <exception cref="ClientConfigurationException">An option has a bad value or contradicts another.</exception>
    public Consumer(ConsumerOptions options, IDeserializer<TKey>? keyDeserializer = null, IDeserializer<TValue>? valueDeserializer = null)
        : this(options, keyDeserializer, valueDeserializer, opener: null)
    {
    }

    internal Consumer(
        ConsumerOptions options, IDeserializer<TKey>? keys, IDeserializer<TValue>? values, IBrokerLinkOpener? opener)
    {
        IReadOnlyList<BrokerAddress> bootstrap = options.Validate();
        _keys = keys ?? Serdes.Of<TKey>();
        _values = values ?? Serdes.Of<TValue>();
        _batches = new(() => new ConsumedBatch<TKey, TValue>(_keys, _values, GiveBack), BatchesKept);

        // A join is answered when all members have joined, which they may put off until their polls are overdue.
        TimeSpan groupTimeout = options.MaxPollInterval + options.RequestTimeout;
        _core = new ConsumerCore(options, ClusterAccess.Open(options, bootstrap, opener, options.AllowAutoCreateTopics, groupTimeout));
    }

    internal ConsumerCore Core => _core;

    /// <summary>The assigned partitions.</summary>
    public IReadOnlyList<TopicPartition> Assignment => [.. _core.Assignment.Partitions.Select(static state => state.Partition)];

    /// <summary>The partitions of which nothing is polled until they are resumed.</summary>
    public IReadOnlyList<TopicPartition> Paused =>
        [.. _core.Assignment.Partitions.Where(static state => state.IsPaused).Select(static state => state.Partition)];

    /// <summary>Reads these partitions and no others. Those that were assigned before keep their positions.</summary>
    public void Assign(params IReadOnlyCollection<TopicPartition> partitions) => _core.Assign(partitions);

    /// <summary>Shares these topics with the members of its group, from the next poll on.</summary>
    public void Subscribe(IReadOnlyCollection<string> topics, IRebalanceListener? listener = null)
    {
        if (topics.Count == 0) throw new ArgumentException("There is no topic to subscribe to; UnsubscribeAsync ends a subscription.", nameof(topics));
        _core.Subscribe(new Subscription(topics), listener);
    }

    /// <summary>Shares all topics whose whole name matches with the members of its group, those to come included.</summary>
    public void Subscribe(Regex pattern, IRebalanceListener? listener = null) => _core.Subscribe(new Subscription(pattern), listener);

    /// <summary>Ends the subscription or assignment. A subscribed consumer leaves its group.</summary>
    public ValueTask UnsubscribeAsync(CancellationToken cancellation = default) => _core.UnsubscribeAsync(cancellation);

    /// <summary>Commits the position of every partition: all that was polled counts as done. Whoever does not wait for the task may
    /// poll on; it is to be done before the consumer is disposed.</summary>
    /// <exception cref="ConsumeException">The coordinator refused, such as when the group has gone on without this member.</exception>
    public Task CommitAsync(CancellationToken cancellation = default) => _core.CommitAsync(null, cancellation);

    /// <summary>Commits offsets: for each partition the next one to read.</summary>
    /// <inheritdoc cref="CommitAsync(CancellationToken)"/>
    public Task CommitAsync(IReadOnlyDictionary<TopicPartition, OffsetAndMetadata> offsets, CancellationToken cancellation = default) =>
        _core.CommitAsync(offsets, cancellation);

    /// <summary>Commits that a record is done, and all before it in its partition.</summary>
    /// <inheritdoc cref="CommitAsync(CancellationToken)"/>
    public Task CommitAsync(in ConsumedRecord<TKey, TValue> record, CancellationToken cancellation = default) => _core.CommitAsync(
        new Dictionary<TopicPartition, OffsetAndMetadata>
        {
            [record.TopicPartition] = new(record.Offset + 1, "", record.LeaderEpoch),
        },
        cancellation);

    /// <summary>What the group has committed. Partitions of which it has nothing are missing.</summary>
    public Task<IReadOnlyDictionary<TopicPartition, OffsetAndMetadata>> CommittedAsync(
        IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation = default) =>
        _core.CommittedAsync(partitions, cancellation);

    /// <summary>Returns the next records, or none when none come in time.</summary>
    /// <param name="timeout">How long to wait for the first of them.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="WakeupException"><see cref="Wakeup"/> was called.</exception>
    /// <exception cref="ConsumeException">A partition cannot be read on.</exception>
    public ValueTask<ConsumedBatch<TKey, TValue>> PollAsync(TimeSpan timeout, CancellationToken cancellation = default) =>
        ReceiveTelemetry.IsHeard
            ? ReceiveTelemetry.ObserveAsync(ReceiveAsync(timeout, cancellation), _core.Options)
            : ReceiveAsync(timeout, cancellation);

    /// <summary>The records one by one, without end. Each is of use until the next is asked for.</summary>
    public async IAsyncEnumerable<ConsumedRecord<TKey, TValue>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            using ConsumedBatch<TKey, TValue> batch = await PollAsync(TimeSpan.FromSeconds(1), cancellation).ConfigureAwait(false);
            int taken = 0;
            try
            {
                while (taken < batch.Count) yield return batch[taken++];
            }
            finally
            {
                Return(batch, taken);
            }
        }
    }

    /// <summary>
    /// Gives records back that a batch holds but nobody looked at: the next poll returns them again, and what is committed
    /// from now on does not count them as read.
    /// </summary>
    /// <param name="batch">A batch that was polled last.</param>
    /// <param name="from">The index of the first record to give back.</param>
    public void Return(ConsumedBatch<TKey, TValue> batch, int from)
    {
        if (from >= batch.Count) return;
        HashSet<TopicPartition> own = [.. Assignment];
        for (int index = from; index < batch.Count; index++)
        {
            // Of each partition the first one counts; a partition that went to another member is that member's.
            ConsumedRecord<TKey, TValue> record = batch[index];
            if (own.Remove(record.TopicPartition)) Seek(record.TopicPartition, record.Offset);
        }
    }

    /// <summary>Ends the poll under way, or the next one, with a <see cref="WakeupException"/>. Any thread may call it.</summary>
    public void Wakeup() => _core.Wakeup();

    /// <summary>Goes to an offset; the next poll reads from there.</summary>
    public void Seek(TopicPartition partition, Offset offset) => _core.Seek(partition, new OffsetPosition(offset, LeaderEpoch.None));

    /// <summary>Goes to the first record that is there.</summary>
    public void SeekToBeginning(TopicPartition partition) => _core.SeekTo(partition, OffsetSpec.Earliest);

    /// <summary>Goes behind the last record.</summary>
    public void SeekToEnd(TopicPartition partition) => _core.SeekTo(partition, OffsetSpec.Latest);

    /// <summary>Holds partitions back; what is fetched of them stays.</summary>
    public void Pause(params IReadOnlyCollection<TopicPartition> partitions)
    {
        foreach (TopicPartition partition in partitions) _core.SetPaused(partition, true);
    }

    /// <summary>Reads on in partitions that were paused.</summary>
    public void Resume(params IReadOnlyCollection<TopicPartition> partitions)
    {
        foreach (TopicPartition partition in partitions) _core.SetPaused(partition, false);
    }

    /// <summary>The offset of the next record that a poll returns.</summary>
    public ValueTask<Offset> PositionAsync(TopicPartition partition, CancellationToken cancellation = default) =>
        _core.PositionAsync(partition, cancellation);

    /// <summary>How many offsets lie between the position and the end, by what the last fetch told; null when not known yet.</summary>
    public long? Lag(TopicPartition partition)
    {
        PartitionState state = _core.Assigned(partition);
        lock (_core.Assignment.Lock)
        {
            Offset end = _core.Options.IsolationLevel == IsolationLevel.ReadCommitted ? state.LastStableOffset : state.HighWatermark;
            return state.Position is { } position && end != Offset.None ? Math.Max(end - position.Offset, 0) : null;
        }
    }

    /// <summary>The first offset of each partition.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, Offset>> BeginningOffsetsAsync(
        IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation = default) =>
        (await _core.FindAsync(partitions.ToDictionary(static partition => partition, static _ => OffsetSpec.Earliest), cancellation).ConfigureAwait(false))
        .ToDictionary(static entry => entry.Key, static entry => entry.Value.Offset);

    /// <summary>The offset that the next record of each partition gets.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, Offset>> EndOffsetsAsync(
        IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation = default) =>
        (await _core.FindAsync(partitions.ToDictionary(static partition => partition, static _ => OffsetSpec.Latest), cancellation).ConfigureAwait(false))
        .ToDictionary(static entry => entry.Key, static entry => entry.Value.Offset);

    /// <summary>The first record of each partition at its time or later. Partitions without one are missing.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, FoundOffset>> OffsetsForTimesAsync(
        IReadOnlyDictionary<TopicPartition, TimestampMs> times, CancellationToken cancellation = default)
    {
        foreach (var (partition, time) in times)
        {
            if (time < new TimestampMs(0)) throw new ArgumentOutOfRangeException(nameof(times), $"{partition}: a time cannot be negative.");
        }

        Dictionary<TopicPartition, FoundOffset> found = await _core.FindAsync(
            times.ToDictionary(static entry => entry.Key, static entry => OffsetSpec.At(entry.Value)), cancellation).ConfigureAwait(false);
        return found.Where(static entry => entry.Value.Offset != Offset.None).ToDictionary();
    }

    /// <summary>Leaves the group, where there is one, and closes the connections.</summary>
    public ValueTask DisposeAsync() => _core.DisposeAsync();

    private ValueTask<ConsumedBatch<TKey, TValue>> ReceiveAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        ConsumedBatch<TKey, TValue> batch = _batches.Rent();
        batch.Use();
        ValueTask polling;
        try
        {
            polling = _core.PollAsync(batch.Slots, timeout, cancellation);
        }
        catch
        {
            batch.Dispose();
            throw;
        }

        return polling.IsCompletedSuccessfully ? new(batch) : WaitAsync(polling, batch);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<ConsumedBatch<TKey, TValue>> WaitAsync(ValueTask polling, ConsumedBatch<TKey, TValue> batch)
    {
        try
        {
            await polling.ConfigureAwait(false);
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    private void GiveBack(ConsumedBatch<TKey, TValue> batch) => _batches.GiveBack(batch);
}
