using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Clients;

/// <summary>Both libraries' processes, and the broker that they work against. Owned by one group of figures.</summary>
internal sealed class ClientPair : IDisposable
{
    public const string Theirs = "Confluent.Kafka";

    private readonly Bench _bench;
    private readonly ServerProcess _broker;
    private readonly ClientProcess _own = new("perflog");
    private readonly ClientProcess _theirs = new("confluent");
    private bool _isWarm;

    public ClientPair(Bench bench)
    {
        _bench = bench;
        _broker = bench.StartBroker(bench.NewPath("data"), "log.segment.delete.delay.ms=0");
        _broker.Connect().Dispose();
        Topics = new TopicTool(_broker.Endpoint.ToString());
    }

    public string Servers => _broker.Endpoint.ToString();

    public TopicTool Topics { get; }

    /// <summary>Measures both in turn, in both orders.</summary>
    /// <param name="title">What is measured.</param>
    /// <param name="measure">Does one measurement.</param>
    /// <param name="rounds">How often; as the plan has it for clients where nothing is said.</param>
    public (IReadOnlyList<T> Own, IReadOnlyList<T> Theirs) Compare<T>(string title, Func<ClientProcess, T> measure, int? rounds = null)
    {
        // The processes are new to the first figure: the compiler works beside its first rounds, on one of few cores.
        int warmUpRounds = _isWarm ? 1 : _bench.Plan.WarmUpRounds;
        _isWarm = true;
        IReadOnlyList<IReadOnlyList<T>> results = _bench.TurningRounds(rounds ?? _bench.Plan.ClientRounds, warmUpRounds).Run(
            title,
            new Contender<T>("PerfLog", () => measure(_own)),
            new Contender<T>(Theirs, () => measure(_theirs)));
        return (results[0], results[1]);
    }

    /// <summary>Has a topic filled, outside of any measurement.</summary>
    public void Fill(ProduceWork work) => _theirs.Produce(work);

    /// <summary>Does something with each library that is not measured.</summary>
    public void CheckBoth(Action<ClientProcess> check)
    {
        check(_own);
        check(_theirs);
    }

    /// <summary>A figure of PerfLog's against Confluent.Kafka's.</summary>
    public static Figure Figure<T>(string name, string unit, (IReadOnlyList<T> Own, IReadOnlyList<T> Theirs) rounds, Func<T, double> of) =>
        Measuring.Figure.Of(name, unit, new Samples([.. rounds.Own.Select(of)])).Against(Theirs, new Samples([.. rounds.Theirs.Select(of)]));

    public void Dispose()
    {
        _own.Dispose();
        _theirs.Dispose();
        Topics.Dispose();
        _broker.Dispose();
    }
}
