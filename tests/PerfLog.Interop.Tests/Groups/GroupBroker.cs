namespace PerfLog.Interop.Groups;

/// <summary>One broker for the tests of groups, which waits and misses members for shorter than usual.</summary>
public sealed class GroupBroker : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private BrokerProcess? _broker;

    /// <summary>What makes group tests quick.</summary>
    public static string[] Settings =>
    [
        "group.min.session.timeout.ms=500",
        "group.initial.rebalance.delay.ms=200",
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
public sealed class GroupBrokerTests : ICollectionFixture<GroupBroker>
{
    public const string Name = "group broker";
}
