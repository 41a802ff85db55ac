using PerfLog.Client.Admin;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Cluster;

/// <summary>
/// What a client knows of its cluster, and its ways to the brokers. Any thread may use it. Metadata is asked
/// for by whoever needs it; those who need it at the same time share one question.
/// </summary>
internal sealed class ClusterClient(ClusterClientOptions options, IBrokerLinkOpener opener) : IAsyncDisposable
{
    private const string LogCategory = "PerfLog.Client";

    private readonly Lock _lock = new();
    private readonly BrokerLinks _links = new(opener);
    private readonly ClusterLog _log = new(options.LoggerFactory.CreateLogger(LogCategory), options.ClientId, options.Time);
    private readonly HashSet<string> _topics = [];
    private readonly CancellationTokenSource _closing = new();
    private bool _wantsAllTopics;
    private int _wanted;
    private int _asked;
    private Task<ClusterSnapshot>? _refreshing;
    private ClusterSnapshot _current = ClusterSnapshot.Empty;
    private long _refreshedAt;
    private int _turn;
    private IOException? _failure;

    public ClusterSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Is told each new snapshot, on the thread that received it. Set once, before the first question.</summary>
    public Action<ClusterSnapshot>? Changed { get; set; }

    /// <summary>Why the last question was not answered; null when it was.</summary>
    public IOException? Failure => Volatile.Read(ref _failure);

    public bool IsStale => options.Time.GetElapsedTime(Volatile.Read(ref _refreshedAt)) >= options.MetadataMaxAge;

    /// <summary>From now on questions are about this topic too.</summary>
    public void Track(string topic)
    {
        lock (_lock)
        {
            if (_topics.Add(topic)) _wanted++;
        }
    }

    /// <summary>Questions are about exactly these topics, or about all.</summary>
    public void TrackOnly(IEnumerable<string> topics, bool all = false)
    {
        lock (_lock)
        {
            _topics.Clear();
            _topics.UnionWith(topics);
            _wantsAllTopics = all;
            _wanted++;
        }
    }

    /// <summary>Asks anew, or joins a question that is under way. It does not end before a broker answered.</summary>
    /// <exception cref="BrokerAuthenticationException">A broker and this client do not accept each other; asking on would not help.</exception>
    public async Task<ClusterSnapshot> RefreshAsync(CancellationToken cancellation)
    {
        while (true)
        {
            int wanted;
            Task<ClusterSnapshot> refreshing;
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(ClusterClient));
                if (_refreshing is null or { IsCompleted: true }) _refreshing = AskUntilAnsweredAsync();
                refreshing = _refreshing;
                wanted = _wanted;
            }

            ClusterSnapshot snapshot = await refreshing.WaitAsync(cancellation).ConfigureAwait(false);
            // A question that was under way may not have been about all that is wanted by now.
            if (Volatile.Read(ref _asked) >= wanted) return snapshot;
        }
    }

    /// <summary>Asks anew without waiting for the answer.</summary>
    public void RefreshSoon()
    {
        lock (_lock)
        {
            if (_closing.IsCancellationRequested || _refreshing is { IsCompleted: false }) return;
            _refreshing = AskUntilAnsweredAsync();
        }
    }

    /// <summary>
    /// Asks once, about these topics alone or, with null, about all, for whoever has a limit of its own for trying again. What is
    /// told is what is known from then on.
    /// </summary>
    /// <exception cref="IOException">No broker answered.</exception>
    public async Task<ClusterSnapshot> AskOnceAsync(IReadOnlyCollection<string>? topics, CancellationToken cancellation)
    {
        try
        {
            return Take(await AskAsync(version => MetadataQuestion.About(topics, version, options.AllowsTopicCreation), cancellation).ConfigureAwait(false));
        }
        catch (IOException)
        {
            Interlocked.Increment(ref _turn);
            throw;
        }
    }

    /// <summary>Takes an answer to a question of one's own for what is known from now on.</summary>
    public ClusterSnapshot Take(MetadataResponse response)
    {
        ClusterSnapshot next = Current.After(response);
        Volatile.Write(ref _failure, null);
        _log.Answered();
        Volatile.Write(ref _current, next);
        Volatile.Write(ref _refreshedAt, options.Time.GetTimestamp());
        Changed?.Invoke(next);
        return next;
    }

    /// <summary>The connection to a broker, opened when there is none.</summary>
    /// <exception cref="IOException">The broker is unknown or cannot be reached.</exception>
    public Task<IBrokerLink> LinkAsync(BrokerId broker, LinkLane lane, CancellationToken cancellation) =>
        Current.Brokers.TryGetValue(broker.Value, out BrokerNode? node)
            ? _links.GetAsync(node.Address, lane, cancellation)
            : Task.FromException<IBrokerLink>(new BrokerConnectionException($"broker {broker}", "the cluster does not name it"));

    /// <inheritdoc cref="LinkAsync(BrokerId, LinkLane, CancellationToken)"/>
    public Task<IBrokerLink> LinkAsync(BrokerAddress broker, LinkLane lane, CancellationToken cancellation) =>
        _links.GetAsync(broker, lane, cancellation);

    /// <summary>A connection to any broker that can be reached. When none can, the failures of all are told.</summary>
    public async Task<IBrokerLink> AnyLinkAsync(CancellationToken cancellation)
    {
        List<IOException> failures = [];
        foreach (BrokerAddress address in Candidates())
        {
            try
            {
                return await _links.GetAsync(address, LinkLane.Requests, cancellation).ConfigureAwait(false);
            }
            catch (IOException failure)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count == 1) throw failures[0];
        throw new IOException($"No broker can be reached: {string.Join("; ", failures.Select(static failure => failure.Message))}", failures[^1]);
    }

    public ValueTask DropAsync(IBrokerLink link) => _links.DropAsync(link);

    public async ValueTask DisposeAsync()
    {
        Task? refreshing;
        lock (_lock)
        {
            if (_closing.IsCancellationRequested) return;
            _closing.Cancel();
            refreshing = _refreshing;
        }

        await _links.DisposeAsync().ConfigureAwait(false);
        if (refreshing is not null) await refreshing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Known brokers in turn, so that no single one gets all questions; the bootstrap servers are the last resort.
    private IEnumerable<BrokerAddress> Candidates()
    {
        BrokerAddress[] known = [.. Current.Brokers.Values.Select(static node => node.Address)];
        int turn = Volatile.Read(ref _turn);
        for (int index = 0; index < known.Length; index++) yield return known[(int)((uint)(turn + index) % (uint)known.Length)];
        foreach (BrokerAddress address in options.Bootstrap.Except(known)) yield return address;
    }

    private async Task<ClusterSnapshot> AskUntilAnsweredAsync()
    {
        // The caller may hold a lock, and asking may complete at once.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            try
            {
                return Take(await AskAsync(Question, _closing.Token).ConfigureAwait(false));
            }
            catch (IOException failure)
            {
                Volatile.Write(ref _failure, failure);
                _log.Unanswered(failure);
                Interlocked.Increment(ref _turn);
                await Task.Delay(options.RetryBackoff, options.Time, _closing.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task<MetadataResponse> AskAsync(Func<short, MetadataRequest> question, CancellationToken cancellation)
    {
        IBrokerLink link = await AnyLinkAsync(cancellation).ConfigureAwait(false);
        short version = link.VersionOf<MetadataRequest>();
        try
        {
            return await link.SendAsync<MetadataRequest, MetadataResponse>(question(version), version, cancellation)
                .ConfigureAwait(false);
        }
        catch (IOException)
        {
            await _links.DropAsync(link).ConfigureAwait(false);
            throw;
        }
    }

    private MetadataRequest Question(short version)
    {
        lock (_lock)
        {
            Volatile.Write(ref _asked, _wanted);
            return MetadataQuestion.About(_wantsAllTopics ? null : _topics, version, options.AllowsTopicCreation);
        }
    }
}
