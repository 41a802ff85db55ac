using PerfLog.Buffers;
using PerfLog.Client.Cluster;
using PerfLog.Client.Waiting;
using PerfLog.Protocol.Hot;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Producing;

/// <summary>
/// Sends one broker's batches: a loop takes at most one batch of each partition that has something to send, makes a request of
/// them, and goes on while the number of requests under way allows. Any thread may give it a partition.
/// </summary>
internal sealed class BrokerSender : IAsyncDisposable
{
    private readonly BrokerId _broker;
    private readonly SenderContext _context;
    private readonly BatchOutcomes _outcomes;
    private readonly AsyncSignal _signal = new();
    private readonly Lock _lock = new();
    private readonly Queue<PartitionQueue> _listed = new();
    private readonly Stack<ProduceRequestFrame> _idle = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private int _underWay;
    private long _throttledUntil;

    public BrokerSender(BrokerId broker, SenderContext context)
    {
        _broker = broker;
        _context = context;
        _outcomes = new BatchOutcomes(context);
        _running = RunAsync();
    }

    private ProducerOptions Options => _context.Options;

    /// <summary>Lists a partition whose batches go to this broker.</summary>
    public void Add(PartitionQueue queue)
    {
        lock (_lock) _listed.Enqueue(queue);
        _signal.Set();
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
            while (_idle.TryPop(out ProduceRequestFrame? request)) request.Dispose();
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
    private async ValueTask<bool> TrySendNextAsync()
    {
        if (Volatile.Read(ref _underWay) >= Options.MaxInFlight || !HasListed()) return false;
        if (!await IsReadyAsync().ConfigureAwait(false)) return true;
        ProduceRequestFrame request = RentRequest();
        Gather(request);
        if (request.Batches.Count == 0)
        {
            GiveBack(request);
            return HasListed();
        }

        Interlocked.Increment(ref _underWay);
        await StartAsync(request).ConfigureAwait(false);
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
        catch (IOException)
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
            if (more && queue.TryList()) Add(queue);
            if (!taken && more) return;
        }
    }

    private async ValueTask StartAsync(ProduceRequestFrame request)
    {
        IBrokerLink link;
        try
        {
            link = await _context.Cluster.LinkAsync(_broker, LinkLane.Data, _stopping.Token).ConfigureAwait(false);
            foreach (ProducerBatch batch in request.Batches) batch.Seal(Options.Compression);
            request.Write(
                link.VersionOf<ProduceRequest>(ProduceResponseReader.HighestVersion),
                Options.Acks,
                (int)Options.RequestTimeout.TotalMilliseconds);
        }
        catch (Exception failure)
        {
            End(request, failure);
            return;
        }

        // Not awaited: the next request goes out while this one's answer is under way.
        _ = SendAsync(link, request);
    }

    private async Task SendAsync(IBrokerLink link, ProduceRequestFrame request)
    {
        try
        {
            if (Options.Acks == Acks.None)
            {
                await link.SendUnansweredFrameAsync(request.Bytes, CancellationToken.None).ConfigureAwait(false);
                foreach (ProducerBatch batch in request.Batches) _outcomes.Written(batch, Offset.None, TimestampMs.None);
            }
            else
            {
                using BufferLease answer = await link.SendFrameAsync(request.Bytes, CancellationToken.None).ConfigureAwait(false);
                Throttle(_outcomes.Read(request, answer.Span));
            }

            End(request, failure: null);
        }
        catch (Exception failure)
        {
            End(request, failure);
            await _context.Cluster.DropAsync(link).ConfigureAwait(false);
        }
    }

    private void Throttle(int throttleMs)
    {
        if (throttleMs > 0) Volatile.Write(ref _throttledUntil, _context.After(TimeSpan.FromMilliseconds(throttleMs)));
    }

    /// <param name="request">What was sent, or was to be.</param>
    /// <param name="failure">What befell all of its batches that have no outcome yet.</param>
    private void End(ProduceRequestFrame request, Exception? failure)
    {
        if (failure is not null) _outcomes.Lost(request, failure);
        GiveBack(request);
        if (Interlocked.Decrement(ref _underWay) == 0 && _stopping.IsCancellationRequested) _drained.TrySetResult();
        _signal.Set();
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

    private ProduceRequestFrame RentRequest()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out ProduceRequestFrame? request)) return request;
        }

        return new ProduceRequestFrame(Options.ClientId);
    }

    private void GiveBack(ProduceRequestFrame request)
    {
        request.Clear();
        lock (_lock) _idle.Push(request);
    }
}
