using PerfLog.Broker;
using PerfLog.Testing.Security;

namespace PerfLog.Client.Tests.Security;

/// <summary>A broker behind a front that demands TLS or SASL, and what a client of it needs to know.</summary>
internal sealed class SecureCluster : IAsyncDisposable
{
    private SecureCluster(SecureFront front, EmbeddedBroker broker) => (Front, Broker) = (front, broker);

    public SecureFront Front { get; }

    public EmbeddedBroker Broker { get; }

    public string Servers => $"localhost:{Front.Port}";

    public static async Task<SecureCluster> StartAsync(SecureFrontOptions options)
    {
        SecureFront front = new(options);
        EmbeddedBroker broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions
        {
            Settings = new Dictionary<string, string>
            {
                ["advertised.listeners"] = $"PLAINTEXT://localhost:{front.Port}", ["group.initial.rebalance.delay.ms"] = "0",
            },
        });
        front.Broker = broker.EndPoint;
        return new SecureCluster(front, broker);
    }

    /// <summary>A client's settings by Kafka's names; those given here win.</summary>
    public Dictionary<string, string> Settings(params (string Name, string Value)[] settings)
    {
        Dictionary<string, string> all = new() { ["bootstrap.servers"] = Servers };
        foreach (var (name, value) in settings) all[name] = value;
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await Front.DisposeAsync();
        await Broker.DisposeAsync();
    }
}
