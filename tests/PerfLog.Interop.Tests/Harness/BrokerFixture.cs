namespace PerfLog.Interop;

/// <summary>One broker with a data folder of its own, for all tests of a collection.</summary>
public abstract class BrokerFixture(params string[] settings) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private BrokerProcess? _broker;

    public BrokerProcess Process => _broker ?? throw new InvalidOperationException("The broker is not started.");

    public string Address => Process.Address;

    public string DataFolder => _folder.Path;

    public async Task InitializeAsync() => _broker = await BrokerProcess.StartAsync(_folder.Path, 0, settings);

    public async Task DisposeAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
        _folder.Dispose();
    }
}
