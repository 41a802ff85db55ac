using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using PerfLog.Client.Admin;
using PerfLog.Client.Cluster;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Tests.Scripted;

/// <summary>
/// A cluster in memory, under a clock that the test moves. It answers by itself who leads what, and hands out producer ids;
/// everything else waits for the test.
/// </summary>
internal sealed class ScriptedCluster : IBrokerLinkOpener
{
    public const string Servers = "b1:1,b2:2";
    public const string Topic = "t";

    public static readonly Uuid TopicId = new(7, 7);

    /// <summary>How long a test waits for what has to come; only a test that fails takes so long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<Asked<object>> _aside = [];
    private readonly Channel<Asked<object>> _asked = Channel.CreateUnbounded<Asked<object>>();
    private int _leader = 1;
    private int _leaderEpoch = 1;

    public FakeTimeProvider Time { get; } = new();

    /// <summary>The partitions of the topic; 0 while it is not there.</summary>
    public int Partitions { get; set; } = 1;

    /// <summary>The leaders of partitions that are not led by the one that leads the others.</summary>
    public Dictionary<int, int> OtherLeaders { get; } = [];

    /// <summary>The broker that coordinates groups; null while none does.</summary>
    public int? Coordinator { get; set; } = 1;

    /// <summary>The highest version of an api, where the brokers are older than the client; -1 where they do not know it.</summary>
    public Dictionary<ApiKey, short> Highest { get; } = [];

    /// <summary>How often somebody asked who leads what.</summary>
    public int MetadataQuestions { get; private set; }

    /// <summary>How often somebody asked who coordinates groups.</summary>
    public int CoordinatorQuestions { get; private set; }

    public Task<IBrokerLink> OpenAsync(BrokerAddress address, LinkLane lane, CancellationToken cancellation) =>
        Task.FromResult<IBrokerLink>(new ScriptedLink(this, address, lane));

    /// <summary>The partitions go to another leader, in a new epoch.</summary>
    public void Lead(int broker)
    {
        _leader = broker;
        _leaderEpoch++;
    }

    /// <summary>The next request, which has to be one of that kind.</summary>
    public async Task<Asked<TRequest>> NextAsync<TRequest>()
    {
        return Of<TRequest>(await _asked.Reader.ReadAsync().AsTask().WaitAsync(Patience));
    }

    /// <summary>The next request, of whatever kind.</summary>
    public async Task<Asked<object>> NextOfAnyAsync(CancellationToken cancellation) => await _asked.Reader.ReadAsync(cancellation);

    /// <summary>
    /// The next request of a kind, while the clock runs until it comes. Others that come before it wait until they are asked for.
    /// </summary>
    public Task<Asked<TRequest>> NextOfAsync<TRequest>() => InTimeAsync(OfKindAsync<TRequest>());

    /// <summary>A request of a kind that came while another was waited for.</summary>
    public bool TryTakeAside<TRequest>(out Asked<TRequest>? asked)
    {
        lock (_aside)
        {
            int known = _aside.FindIndex(static asked => asked.Request is TRequest);
            asked = known < 0 ? null : _aside[known].As<TRequest>();
            if (known >= 0) _aside.RemoveAt(known);
            return known >= 0;
        }
    }

    /// <summary>Whether a request of a kind came that nobody has asked for.</summary>
    public bool HasAsked<TRequest>()
    {
        lock (_aside)
        {
            while (_asked.Reader.TryRead(out Asked<object>? next)) _aside.Add(next);
            return _aside.Exists(static asked => asked.Request is TRequest);
        }
    }

    private async Task<Asked<TRequest>> OfKindAsync<TRequest>()
    {
        while (true)
        {
            if (TryTakeAside(out Asked<TRequest>? known)) return known!;
            Asked<object> next = await _asked.Reader.ReadAsync().AsTask().WaitAsync(Patience);
            lock (_aside) _aside.Add(next);
        }
    }

    /// <summary>The same, while the clock runs until it comes.</summary>
    public Task<Asked<TRequest>> NextInTimeAsync<TRequest>() => InTimeAsync(NextAsync<TRequest>());

    /// <summary>The next request after those that still go to a broker which leads no more, while the clock runs. Those are refused.</summary>
    public Task<Asked<TRequest>> NextPastOldLeaderAsync<TRequest>(int oldLeader) => InTimeAsync(PastOldLeaderAsync<TRequest>(oldLeader));

    private async Task<Asked<TRequest>> PastOldLeaderAsync<TRequest>(int oldLeader)
    {
        while (true)
        {
            Asked<object> next = await _asked.Reader.ReadAsync().AsTask().WaitAsync(Patience);

            // Where one comes, the clock ran faster than the client learnt who leads now: it tried once more.
            if (next.Broker.Port == oldLeader && next.Request is FetchRequest)
                next.As<FetchRequest>().Refused(ErrorCode.NotLeaderOrFollower);
            else if (next.Broker.Port == oldLeader && next.Request is ProduceRequest)
                next.As<ProduceRequest>().Refused(ErrorCode.NotLeaderOrFollower);
            else
                return Of<TRequest>(next);
        }
    }

    /// <summary>Lets the clock run until something has happened.</summary>
    public async Task<T> InTimeAsync<T>(Task<T> expected)
    {
        await RunClockAsync(expected);
        return await expected;
    }

    /// <inheritdoc cref="InTimeAsync{T}(Task{T})"/>
    public async Task RunClockAsync(Task expected)
    {
        using CancellationTokenSource patience = new(Patience);
        while (!expected.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(20));

            // Real time for what the step set off: a clock that outran the client's threads would let everything expire first.
            await Task.Delay(1);
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static Asked<TRequest> Of<TRequest>(Asked<object> asked)
    {
        Assert.IsType<TRequest>(asked.Request);
        return asked.As<TRequest>();
    }

    public void Take(Asked<object> asked)
    {
        switch (asked.Request)
        {
            case MetadataRequest:
                MetadataQuestions++;
                asked.Answer(Metadata());
                break;
            case FindCoordinatorRequest:
                CoordinatorQuestions++;
                asked.Answer(Coordinators(asked.As<FindCoordinatorRequest>()));
                break;
            case InitProducerIdRequest:
                asked.Answer(new InitProducerIdResponse { ProducerId = 7, ProducerEpoch = 0 });
                break;
            default:
                _asked.Writer.TryWrite(asked);
                break;
        }
    }

    private FindCoordinatorResponse Coordinators(Asked<FindCoordinatorRequest> asked)
    {
        const short FirstWithSeveralKeys = 4;
        ErrorCode error = Coordinator is null ? ErrorCode.CoordinatorNotAvailable : ErrorCode.None;
        int id = Coordinator ?? -1;
        if (asked.Version < FirstWithSeveralKeys) return new() { ErrorCode = error, NodeId = id, Host = $"b{id}", Port = id };
        return new()
        {
            Coordinators = [.. asked.Request.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator
            {
                Key = key, ErrorCode = error, NodeId = id, Host = $"b{id}", Port = id,
            })],
        };
    }

    private MetadataResponse Metadata() => new()
    {
        ClusterId = "scripted",
        ControllerId = 1,
        Brokers = [new() { NodeId = 1, Host = "b1", Port = 1 }, new() { NodeId = 2, Host = "b2", Port = 2 }],
        Topics =
        [
            new()
            {
                Name = Topic,
                TopicId = TopicId,
                ErrorCode = Partitions == 0 ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None,
                Partitions = [.. Enumerable.Range(0, Partitions).Select(partition => new MetadataResponse.MetadataResponsePartition
                {
                    PartitionIndex = partition, LeaderId = OtherLeaders.GetValueOrDefault(partition, _leader), LeaderEpoch = _leaderEpoch,
                })],
            },
        ],
    };
}
