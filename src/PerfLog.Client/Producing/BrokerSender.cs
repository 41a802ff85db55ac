using System.Runtime.CompilerServices;
using PerfLog.Client.Cluster;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Hot;
using PerfLog.Protocol.Messages;
using PerfLog.Threading;

namespace PerfLog.Client.Producing;

/// <summary>
/// Sends one broker's batches: a loop takes at most one batch of each partition that has something to send, makes a request of
/// them, and goes on while the number of requests under way allows. Any thread may give it a partition.
/// </summary>
/// <remarks>The loop goes on on the thread that gives it something to do, where that is sooner than waking another one: that of a
/// record's sender when nothing is under way, and that of the connection's answers.</remarks>
internal sealed class BrokerSender : IAsyncDisposable
{
    private readonly BrokerId _broker;
    private readonly SenderContext _context;
    private readonly BatchOutcomes _outcomes;
    // Threads of the pool would look for more to do for a while after each request, on processors that answers wait for.
    private readonly AsyncSignal _signal = new(ParkedThreads.Shared);
    private readonly Lock _lock = new();
    private readonly Queue<PartitionQueue> _listed = new();
    private readonly Stack<SentRequest> _idle = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private int _underWay;
    private long _throttledUntil;

    public BrokerSender(BrokerId broker, SenderContext context)
    {
        _broker = broker;
        _context = context;
        _outcomes = new BatchOutcomes(context, RouteAfterAnswer);
        _running = RunAsync();
    }

    private ProducerOptions Options => _context.Options;

    /// <summary>Lists a partition whose batches go to this broker.</summary>
    public void Add(PartitionQueue queue)
    {
        Enlist(queue);
        // At the limit an answer sets the loop off; the fence of the exchange orders this look after the listing.
        int underWay = Interlocked.CompareExchange(ref _underWay, 0, 0);
        if (underWay == 0) _signal.SetAndRun();
        else if (underWay < Options.MaxInFlight) _signal.Set();
    }

    /// <summary>Sends nothing more. What is under way ends with its answer, or with the connection.</summary>
    public async ValueTask StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _signal.Set();
        await _running.ConfigureAwait(false);
        if (Volatile.Read(ref _underWay) == 0) _drained.TrySetResult();
    }

    /// <summary>Stops, and waits for the end of what is under way, so that every batch has an outcome or is in its queue.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _drained.Task.ConfigureAwait(false);
        lock (_lock)
        {
            while (_idle.TryPop(out SentRequest? request)) request.Dispose();
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await _signal.WaitAsync().ConfigureAwait(false);
            try
            {
                while (!_stopping.IsCancellationRequested && await TrySendNextAsync().ConfigureAwait(false))
                {
                    // Each turn sends one request.
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }

            if (_stopping.IsCancellationRequested) return;
        }
    }

    /// <returns>Whether there may be more to do at once.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TrySendNextAsync()
    {
        if (Volatile.Read(ref _underWay) >= Options.MaxInFlight || !HasListed()) return false;
        if (!await IsReadyAsync().ConfigureAwait(false)) return true;
        SentRequest request = RentRequest();
        Gather(request.Frame);
        if (request.Frame.Batches.Count == 0)
        {
            GiveBack(request);
            return HasListed();
        }

        Interlocked.Increment(ref _underWay);
        await SendAsync(request).ConfigureAwait(false);
        return true;
    }

    /// <summary>Waits out a throttle, and gets the producer's id where one is needed.</summary>
    private async ValueTask<bool> IsReadyAsync()
    {
        long throttle = Volatile.Read(ref _throttledUntil);
        if (throttle > _context.Now)
            await Task.Delay(Options.Time.GetElapsedTime(_context.Now, throttle), Options.Time, _stopping.Token).ConfigureAwait(false);
        if (_context.Accumulator.Identity is not { First: null } identity) return true;
        ErrorCode refused;
        try
        {
            refused = await identity.AcquireAsync(_context.Cluster, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or BrokerAuthenticationException)
        {
            refused = ErrorCode.NetworkException;
        }

        if (refused == ErrorCode.None) return true;
        await Task.Delay(Options.RetryBackoff, Options.Time, _stopping.Token).ConfigureAwait(false);
        return false;
    }

    private void Gather(ProduceRequestFrame request)
    {
        long now = _context.Now;
        int count = ListedCount();
        while (count-- > 0 && TryNextListed(out PartitionQueue? queue))
        {
            // Off the list before it is looked at: what is added from now on lists it again.
            queue!.Unlist();
            if (queue.Leader != _broker)
            {
                _context.Route(queue);
                continue;
            }

            int room = request.Batches.Count == 0 ? int.MaxValue : Options.MaxRequestSize - request.BatchesBytes;
            bool taken = queue.TryTake(_broker, now, room, out ProducerBatch? batch, out bool more);
            if (taken) request.Add(batch!);
            if (more && queue.TryList()) Enlist(queue);
            if (!taken && more) return;
        }
    }

    /// <summary>Writes a request; its answer comes to <see cref="Answered"/> or <see cref="Lost"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(SentRequest request)
    {
        IBrokerLink link;
        try
        {
            link = await _context.Cluster.LinkAsync(_broker, LinkLane.Data, _stopping.Token).ConfigureAwait(false);
            Write(request.Frame, link);
        }
        catch (Exception failure)
        {
            End(request, failure);
            return;
        }

        request.Link = link;
        if (Options.Acks == Acks.None) await SendUnansweredAsync(request, link).ConfigureAwait(false);
        else await link.SendFrameAsync(request.Frame.Bytes, request).ConfigureAwait(false);
    }

    private void Write(ProduceRequestFrame request, IBrokerLink link)
    {
        foreach (ProducerBatch batch in request.Batches) batch.Seal(Options.Compression);
        request.Write(
            link.VersionOf<ProduceRequest>(ProduceResponseReader.HighestVersion), Options.Acks, (int)Options.RequestTimeout.TotalMilliseconds);
    }

    private async ValueTask SendUnansweredAsync(SentRequest request, IBrokerLink link)
    {
        try
        {
            await link.SendUnansweredFrameAsync(request.Frame.Bytes, CancellationToken.None).ConfigureAwait(false);
            foreach (ProducerBatch batch in request.Frame.Batches) _outcomes.Written(batch, Offset.None, TimestampMs.None);
            End(request, failure: null);
        }
        catch (IOException failure)
        {
            Lost(request, failure);
        }
    }

    /// <summary>A request was answered. Called on the connection's receive loop.</summary>
    private void Answered(SentRequest request, ReadOnlySpan<byte> answer)
    {
        try
        {
            Throttle(_outcomes.Read(request.Frame, answer));
        }
        catch (IOException unreadable)
        {
            Lost(request, unreadable);
            return;
        }

        End(request, failure: null);
    }

    private void Lost(SentRequest request, Exception failure)
    {
        // First, so that what is sent next goes another way. Not awaited: its end waits for the receive loop, which may be
        // what called.
        _ = _context.Cluster.DropAsync(request.Link!).AsTask();
        End(request, failure);
    }

    private void Throttle(int throttleMs)
    {
        if (throttleMs > 0) Volatile.Write(ref _throttledUntil, _context.After(TimeSpan.FromMilliseconds(throttleMs)));
    }

    /// <param name="request">What was sent, or was to be.</param>
    /// <param name="failure">What befell all of its batches that have no outcome yet.</param>
    private void End(SentRequest request, Exception? failure)
    {
        if (failure is not null) _outcomes.Lost(request.Frame, failure);
        GiveBack(request);
        if (Interlocked.Decrement(ref _underWay) == 0 && _stopping.IsCancellationRequested) _drained.TrySetResult();
        if (HasListed() || _stopping.IsCancellationRequested) _signal.SetAndRun();
    }

    /// <summary>The end of the request, which follows, sets the loop off.</summary>
    private void RouteAfterAnswer(PartitionQueue queue)
    {
        if (queue.Leader != _broker) _context.Route(queue);
        else if (queue.TryList()) Enlist(queue);
    }

    private void Enlist(PartitionQueue queue)
    {
        lock (_lock) _listed.Enqueue(queue);
    }

    private bool HasListed() => ListedCount() > 0;

    private int ListedCount()
    {
        lock (_lock) return _listed.Count;
    }

    private bool TryNextListed(out PartitionQueue? queue)
    {
        lock (_lock) return _listed.TryDequeue(out queue);
    }

    private SentRequest RentRequest()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out SentRequest? request)) return request;
        }

        return new SentRequest(this, new ProduceRequestFrame(Options.ClientId));
    }

    private void GiveBack(SentRequest request)
    {
        request.Clear();
        lock (_lock) _idle.Push(request);
    }

    /// <summary>One request under way. Used again and again.</summary>
    private sealed class SentRequest(BrokerSender sender, ProduceRequestFrame frame) : IResponseHandler, IDisposable
    {
        public ProduceRequestFrame Frame => frame;

        /// <summary>The way that it went.</summary>
        public IBrokerLink? Link { get; set; }

        public void Clear()
        {
            frame.Clear();
            Link = null;
        }

        public void Dispose() => frame.Dispose();

        void IResponseHandler.Answered(ReadOnlySpan<byte> answer) => sender.Answered(this, answer);

        void IResponseHandler.Failed(BrokerConnectionException failure) => sender.Lost(this, failure);
    }
}
