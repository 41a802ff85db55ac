using System.Net;
using PerfLog.Broker.Configuration;
using PerfLog.Broker.Hosting;
using PerfLog.Storage;

namespace PerfLog.Broker;

/// <summary>
/// A whole broker inside this process, ready for any Kafka client when <see cref="StartAsync"/> returns. Whoever started it
/// disposes it; disposal flushes and leaves the data directory cleanly stopped. Any number may run side by side.
/// </summary>
/// <example><code>
/// await using var broker = await EmbeddedBroker.StartAsync();
/// var producer = new ProducerBuilder&lt;string, string&gt;(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build();
/// </code></example>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    private const string MemoryPath = "/memory";
    private readonly BrokerServer _server;

    private EmbeddedBroker(BrokerServer server) => _server = server;

    /// <summary>The address for a client's <c>bootstrap.servers</c>.</summary>
    public string BootstrapServers => _server.EndPoint.ToString();

    /// <summary>The address listened on.</summary>
    public IPEndPoint EndPoint => _server.EndPoint;

    /// <summary>The cluster's id, as clients see it.</summary>
    public string ClusterId => _server.ClusterId;

    /// <summary>Starts a broker and waits until it takes requests.</summary>
    /// <param name="options">Null for a broker in memory on a free port.</param>
    /// <param name="cancellation">Gives up starting; what was opened is closed.</param>
    /// <exception cref="ConfigurationException">A setting is unknown or has a bad value; names both and what is allowed.</exception>
    /// <exception cref="IOException">The address is taken, or the data directory is in use or cannot be read.</exception>
    public static async Task<EmbeddedBroker> StartAsync(EmbeddedBrokerOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new EmbeddedBrokerOptions();
        string directory = options.DataDirectory ?? MemoryPath;
        var settings = new BrokerServerSettings
        {
            Options = ReadOptions(options, directory),
            MetadataDirectory = options.DataDirectory is null ? null : Path.Combine(directory, BrokerServerSettings.MetadataFolder),
            Device = options.DataDirectory is null ? new MemoryDevice(options.Time) : DiskDevice.Shared,
            Time = options.Time,
            LoggerFactory = options.LoggerFactory,
        };
        return new EmbeddedBroker(await BrokerServer.StartAsync(settings, cancellation));
    }

    /// <summary>Stops taking requests, flushes, and closes everything. Calling it again does nothing.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static BrokerOptions ReadOptions(EmbeddedBrokerOptions options, string directory)
    {
        ConfigLayers layers = new ConfigLayers()
            .AddValues(
                [
                    KeyValuePair.Create(BrokerKeys.Listeners, $"PLAINTEXT://{options.Host}:{options.Port}"),
                    KeyValuePair.Create(BrokerKeys.LogDirs, directory),
                ],
                nameof(EmbeddedBrokerOptions))
            .AddValues(options.Settings, nameof(EmbeddedBrokerOptions.Settings));
        return BrokerOptions.Read(layers);
    }
}
