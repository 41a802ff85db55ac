using System.Collections.Concurrent;
using PerfLog.Client.Cluster;
using PerfLog.Client.Waiting;
using PerfLog.Protocol.Hot;
using PerfLog.Threading;

namespace PerfLog.Client.Consuming;

/// <summary>
/// Keeps a consumer's partitions fetched ahead, within a bound of memory: one loop for each broker that is read from. It says
/// what is to be fetched, and takes what came.
/// </summary>
internal sealed class Fetcher : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, BrokerFetcher> _brokers = new();
    private readonly ConsumerAssignment _assignment;
    private readonly AsyncSignal _arrived;
    private readonly DueQueue<PartitionState> _later;
    private Exception? _broken;

    /// <param name="options">How it works.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="assignment">What is to be fetched.</param>
    /// <param name="arrived">Is set when there is something to poll.</param>
    public Fetcher(ConsumerOptions options, ClusterClient cluster, ConsumerAssignment assignment, AsyncSignal arrived)
    {
        (Options, Cluster, _assignment, _arrived) = (options, cluster, assignment, arrived);
        _later = new DueQueue<PartitionState>(options.Time, _ => Wake());
    }

    public ConsumerOptions Options { get; }

    public ClusterClient Cluster { get; }

    /// <summary>Something changed: an assignment, a position, room, a leader.</summary>
    public void Wake()
    {
        lock (_assignment.Lock)
        {
            foreach (PartitionState state in _assignment.Partitions)
            {
                BrokerId broker = BrokerOf(state);
                if (broker != BrokerId.None && !_brokers.ContainsKey(broker.Value))
                    _brokers[broker.Value] = new BrokerFetcher(broker, this);
            }
        }

        foreach (BrokerFetcher broker in _brokers.Values) broker.Wake();
    }

    /// <summary>Lists what to fetch from a broker now.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="wanted">Takes what to fetch.</param>
    /// <param name="unproven">Takes those of which the broker has to be asked first if it leads the same log as the leader before.</param>
    /// <returns>How urgent it is.</returns>
    public FetchPace CollectFor(
        BrokerId broker, List<(PartitionState State, FetchSession.Asked Ask)> wanted, List<UnprovenPosition> unproven)
    {
        wanted.Clear();
        unproven.Clear();
        (bool isSomeFull, bool isSomeBehind) = (false, false);
        lock (_assignment.Lock)
        {
            if (_assignment.FetchedBytes >= Options.PrefetchBytesMax) return FetchPace.Nothing;
            long now = Options.Time.GetTimestamp();
            foreach (PartitionState state in _assignment.Partitions)
            {
                if (state.Position is null || state.Failure is not null || state.IsPaused || state.NotBefore > now || BrokerOf(state) != broker) continue;
                if (!state.HasRoom)
                {
                    isSomeFull = true;
                    continue;
                }

                isSomeBehind |= !state.IsAtEnd;
                LeaderEpoch epoch = Cluster.Current.PartitionOf(state.Partition).Epoch;
                if (state.ReadReplica == BrokerId.None && state.IsUnproven(epoch)) unproven.Add(new UnprovenPosition(state, state.FetchFrom, epoch));
                else wanted.Add((state, new FetchSession.Asked(state.FetchFrom.Offset, epoch, Options.MaxPartitionFetchBytes)));
            }
        }

        if (unproven.Count > 0) return FetchPace.AtOnce;
        if (wanted.Count == 0) return FetchPace.Nothing;
        if (!isSomeFull) return FetchPace.MayWait;
        return isSomeBehind ? FetchPace.AtOnce : FetchPace.NowAndThen;
    }

    /// <summary>A leader's log goes on behind a position, as it did under the leader before.</summary>
    public void Prove(in UnprovenPosition position)
    {
        lock (_assignment.Lock)
        {
            if (position.IsCurrent) position.State.ProvenEpoch = position.Leader;
        }
    }

    /// <summary>A leader's log leaves what was read so far at an offset: what came behind it is gone.</summary>
    /// <param name="position">Where the next fetch was to start.</param>
    /// <param name="end">Where the logs part; null when the leader does not know.</param>
    public void Truncate(in UnprovenPosition position, OffsetPosition? end)
    {
        lock (_assignment.Lock)
        {
            if (!position.IsCurrent) return;
            PartitionState state = position.State;
            if (state.First is not null)
            {
                // What waits to be polled was read before; the polling thread may be at it.
                Pause(state);
                return;
            }

            if (Options.AutoOffsetReset == OffsetReset.None)
            {
                string place = end is { } parting ? $"at offset {parting.Offset}" : "at an offset that the leader does not know";
                state.Failure = new ConsumeException(
                    ErrorCode.OffsetOutOfRange, $"{state.Partition}, offset {position.At.Offset}",
                    $"the log was truncated {place} when its leader changed, and auto.offset.reset=none");
            }
            else if (end is { } known)
            {
                _assignment.MoveTo(state, known);
                state.ProvenEpoch = position.Leader;
            }
            else
            {
                _assignment.ForgetPosition(state, OffsetLookup.QuestionOf(Options.AutoOffsetReset));
            }
        }

        _arrived.Set();
    }

    /// <summary>A leader could not say; it is asked again after a pause.</summary>
    public void Postpone(in UnprovenPosition position)
    {
        Cluster.RefreshSoon();
        lock (_assignment.Lock) Pause(position.State);
    }

    /// <summary>Takes a partition's answer, unless the partition has gone elsewhere since it was asked.</summary>
    public void Take(PartitionState state, FetchSession.Asked asked, in FetchedAnswer answer, SharedBytes frame)
    {
        lock (_assignment.Lock)
        {
            if (state.Position is null || state.FetchFrom.Offset != asked.Offset || _assignment.Find(state.Partition) != state) return;
            if (answer.Error != ErrorCode.None)
            {
                Refused(state, answer.Error);
                return;
            }

            // Under that epoch it has what stands before the offset, or it would have refused.
            state.ProvenEpoch = asked.LeaderEpoch;
            state.HighWatermark = new Offset(answer.HighWatermark);
            state.LastStableOffset = new Offset(answer.LastStableOffset);
            state.LogStart = new Offset(answer.LogStartOffset);
            if (answer.PreferredReadReplica >= 0) Follow(state, new BrokerId(answer.PreferredReadReplica));
            if (answer.RecordsBytes > 0) Add(state, answer, frame);
        }

        _arrived.Set();
    }

    /// <summary>A loop ended for a reason that none was prepared for; the next poll throws it.</summary>
    public void Break(Exception failure)
    {
        Volatile.Write(ref _broken, failure);
        _arrived.Set();
    }

    public void ThrowIfBroken()
    {
        if (Volatile.Read(ref _broken) is { } failure) throw new InvalidOperationException($"Fetching ended: {failure.Message}", failure);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (BrokerFetcher broker in _brokers.Values) await broker.DisposeAsync().ConfigureAwait(false);
        await _later.DisposeAsync().ConfigureAwait(false);
    }

    private BrokerId BrokerOf(PartitionState state)
    {
        bool follows = state.ReadReplica != BrokerId.None
            && state.ReadReplicaUntil > Options.Time.GetTimestamp()
            && Cluster.Current.Brokers.ContainsKey(state.ReadReplica.Value);
        return follows ? state.ReadReplica : Cluster.Current.PartitionOf(state.Partition).Leader;
    }

    private void Add(PartitionState state, in FetchedAnswer answer, SharedBytes frame)
    {
        OffsetPosition? next = FetchedRange.End(frame.Memory.Span.Slice(answer.RecordsStart, answer.RecordsBytes));
        if (next is null)
        {
            state.Failure = new ConsumeException(
                ErrorCode.InvalidFetchSize, $"{state.Partition}, offset {state.FetchFrom.Offset}",
                $"the broker sent {answer.RecordsBytes} bytes that hold no whole batch");
            return;
        }

        AbortedTransactions? aborted = Options.IsolationLevel == IsolationLevel.ReadCommitted ? Aborted(answer) : null;
        FetchedChunk chunk = new(frame.AddUser(), answer.RecordsStart, answer.RecordsBytes, aborted, Options.CheckCrcs);
        _assignment.Add(state, chunk, next.Value);
    }

    private static AbortedTransactions Aborted(in FetchedAnswer answer)
    {
        var transactions = new AbortedTransaction[answer.AbortedCount];
        for (int index = 0; index < transactions.Length; index++) transactions[index] = answer.AbortedAt(index);
        return new AbortedTransactions(transactions);
    }

    private void Follow(PartitionState state, BrokerId replica)
    {
        state.ReadReplica = replica;
        state.ReadReplicaUntil = After(Options.MetadataMaxAge);
        _later.Add(state, Options.Time.GetTimestamp());
    }

    private void Refused(PartitionState state, ErrorCode error)
    {
        bool fromFollower = state.ReadReplica != BrokerId.None;
        state.ReadReplica = BrokerId.None;
        switch (error)
        {
            case ErrorCode.OffsetOutOfRange when !fromFollower:
                OutOfRange(state);
                break;
            case ErrorCode.TopicAuthorizationFailed or ErrorCode.InvalidTopicException or ErrorCode.UnsupportedCompressionType:
                state.Failure = new ConsumeException(error, state.Partition.ToString(), "the broker refuses to have it read");
                break;
            default:
                Cluster.RefreshSoon();
                Pause(state);
                return;
        }

        _arrived.Set();
    }

    // What waits to be polled is still good; the position is lost behind it.
    private void OutOfRange(PartitionState state)
    {
        if (state.First is not null)
        {
            Pause(state);
        }
        else if (Options.AutoOffsetReset == OffsetReset.None)
        {
            string reason = $"offset {state.FetchFrom.Offset} lies outside of the log, and auto.offset.reset=none";
            state.Failure = new ConsumeException(ErrorCode.OffsetOutOfRange, state.Partition.ToString(), reason);
        }
        else
        {
            state.ForgetPosition(OffsetLookup.QuestionOf(Options.AutoOffsetReset));
        }
    }

    private void Pause(PartitionState state)
    {
        state.NotBefore = After(Options.RetryBackoff);
        _later.Add(state, state.NotBefore);
    }

    private long After(TimeSpan wait) => Options.Time.GetTimestamp() + (long)(wait.TotalSeconds * Options.Time.TimestampFrequency);
}
