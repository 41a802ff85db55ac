namespace PerfLog.Interop;

/// <summary>One broker for the tests that neither stop nor configure theirs; each test makes topics of its own.</summary>
public sealed class SharedBroker : IAsyncLifetime
{
    private static int topics;

    private readonly TemporaryFolder _folder = new();
    private BrokerProcess? _broker;

    public BrokerProcess Process => _broker ?? throw new InvalidOperationException("The broker is not started.");

    public string Address => Process.Address;

    public string DataFolder => _folder.Path;

    /// <summary>A topic name that no other test has.</summary>
    public static string NewTopicName(string stem) => $"{stem}-{Interlocked.Increment(ref topics)}";

    public async Task InitializeAsync() => _broker = await BrokerProcess.StartAsync(_folder.Path);

    public async Task DisposeAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>The tests of one collection run one after the other against the same broker.</summary>
[CollectionDefinition(Name)]
public sealed class SharedBrokerTests : ICollectionFixture<SharedBroker>
{
    public const string Name = "shared broker";
}
