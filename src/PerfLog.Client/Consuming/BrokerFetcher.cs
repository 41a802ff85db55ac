using System.Runtime.CompilerServices;
using PerfLog.Buffers;
using PerfLog.Client.Cluster;
using PerfLog.Protocol;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Hot;
using PerfLog.Protocol.Messages;
using PerfLog.Threading;
using PerfLog.Wire;

namespace PerfLog.Client.Consuming;

/// <summary>
/// Fetches from one broker: a loop with one request under way, for all partitions that are read from that broker and have
/// room. Owned by the <see cref="Fetcher"/>.
/// </summary>
internal sealed class BrokerFetcher : IAsyncDisposable
{
    /// <summary>How long a partition at its end waits to be looked after while others have enough.</summary>
    private static readonly TimeSpan NowAndThen = TimeSpan.FromMilliseconds(20);

    private readonly BrokerId _broker;
    private readonly Fetcher _fetcher;
    private readonly AsyncSignal _signal = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly FetchSession _session = new();
    private readonly List<(PartitionState State, FetchSession.Asked Ask)> _wanted = [];
    private readonly List<UnprovenPosition> _unproven = [];
    private readonly PositionProof _proof;
    private readonly GrowingBuffer _frame = new(0);
    private readonly ITimer _again;
    private readonly Task _running;
    private IBrokerLink? _link;
    private long _fetchedAt;

    public BrokerFetcher(BrokerId broker, Fetcher fetcher)
    {
        _broker = broker;
        _fetcher = fetcher;
        _proof = new PositionProof(broker, fetcher);
        _again = fetcher.Options.Time.CreateTimer(
            static signal => ((AsyncSignal)signal!).Set(), _signal, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _running = RunAsync();
    }

    private ConsumerOptions Options => _fetcher.Options;

    /// <summary>Something changed: there may be something to fetch.</summary>
    public void Wake() => _signal.Set();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _signal.Set();
        await _running.ConfigureAwait(false);
        await _again.DisposeAsync().ConfigureAwait(false);
        _frame.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await _signal.WaitAsync().ConfigureAwait(false);
            try
            {
                while (!_stopping.IsCancellationRequested && IsDue(_fetcher.CollectFor(_broker, _wanted, _unproven), out TimeSpan maxWait))
                {
                    if (_unproven.Count > 0) await _proof.AskAsync(_unproven, _stopping.Token).ConfigureAwait(false);
                    else await FetchAsync(maxWait).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                // Only the owner cancels.
            }
            catch (IOException failure)
            {
                await RecoverAsync(failure).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                _fetcher.Break(failure is BrokerAuthenticationException refused ? new ConsumeException($"broker {_broker}", refused) : failure);
                return;
            }
        }
    }

    /// <summary>Whether to ask now; if not yet, the loop is woken in time.</summary>
    private bool IsDue(FetchPace pace, out TimeSpan maxWait)
    {
        maxWait = pace == FetchPace.MayWait ? Options.FetchMaxWait : TimeSpan.Zero;
        if (pace != FetchPace.NowAndThen) return pace != FetchPace.Nothing;
        TimeSpan left = NowAndThen - Options.Time.GetElapsedTime(_fetchedAt);
        if (left <= TimeSpan.Zero) return true;
        _again.Change(left, Timeout.InfiniteTimeSpan);
        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FetchAsync(TimeSpan maxWait)
    {
        IBrokerLink link = await _fetcher.Cluster.LinkAsync(_broker, LinkLane.Data, _stopping.Token).ConfigureAwait(false);
        if (link != _link) _session.Forget();
        _link = link;
        short version = link.VersionOf<FetchRequest>(FetchResponseReader.HighestVersion);
        Write(version, maxWait);
        BufferLease answer = await link.SendFrameAsync(_frame.WrittenMemory, _stopping.Token).ConfigureAwait(false);
        using SharedBytes frame = new(answer.Memory, answer);
        Take(frame, version);
        _fetchedAt = Options.Time.GetTimestamp();
    }

    private void Write(short version, TimeSpan maxWait)
    {
        FetchRequest request = new()
        {
            MaxWaitMs = (int)maxWait.TotalMilliseconds,
            MinBytes = Options.FetchMinBytes,
            MaxBytes = Options.FetchMaxBytes,
            IsolationLevel = (sbyte)Options.IsolationLevel,
            RackId = Options.Rack,
        };
        _session.Describe(request, _wanted);
        int size = RequestFrame.Size(request, version, Options.ClientId);
        _frame.Reset(size);
        var writer = new WireWriter(_frame.GetSpan(size)[..size]);
        RequestFrame.Write(ref writer, request, version, correlationId: 0, Options.ClientId, size);
        _frame.Advance(writer.Position);
    }

    private void Take(SharedBytes frame, short version)
    {
        var answers = new FetchResponseReader(frame.Memory.Span, version);
        if (answers.Error is ErrorCode.FetchSessionIdNotFound or ErrorCode.InvalidFetchSessionEpoch)
        {
            _session.Forget();
            return;
        }

        if (answers.Error != ErrorCode.None) throw new IOException($"broker {_broker}: a fetch was refused ({answers.Error})");
        _session.Answered(answers.SessionId);
        while (answers.MoveNext())
        {
            FetchedAnswer answer = answers.Current;
            if (_session.TryFind(answer.TopicUtf8, answer.Partition, out PartitionState? state, out FetchSession.Asked asked))
                _fetcher.Take(state, asked, answer, frame);
        }

        if (answers.Failure is { } wrong) throw new IOException($"broker {_broker}: a fetched answer cannot be read: {wrong}");
    }

    private async Task RecoverAsync(IOException failure)
    {
        _ = failure;
        _session.Forget();
        if (_link is { } link) await _fetcher.Cluster.DropAsync(link).ConfigureAwait(false);
        _link = null;
        _fetcher.Cluster.RefreshSoon();
        try
        {
            await Task.Delay(Options.RetryBackoff, Options.Time, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }

        _signal.Set();
    }
}
