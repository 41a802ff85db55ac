namespace PerfLog.Interop.Groups;

/// <summary>One broker for the tests of consumer groups, which asks for heartbeats and misses members sooner than usual.</summary>
public sealed class ConsumerGroupBroker : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private BrokerProcess? _broker;

    public static string[] Settings =>
    [
        "group.consumer.heartbeat.interval.ms=200",
        "group.consumer.session.timeout.ms=2000",
        "offsets.topic.num.partitions=8",
    ];

    public string Address => (_broker ?? throw new InvalidOperationException("The broker is not started.")).Address;

    public async Task InitializeAsync() => _broker = await BrokerProcess.StartAsync(_folder.Path, 0, Settings);

    public async Task DisposeAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>The tests of one collection run one after the other against the same broker.</summary>
[CollectionDefinition(Name)]
public sealed class ConsumerGroupBrokerTests : ICollectionFixture<ConsumerGroupBroker>
{
    public const string Name = "consumer group broker";
}
