using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace PerfLog.Metadata.Tests;

/// <summary>A store in memory with brokers registered, its image and its catalog.</summary>
internal sealed class LoopbackCluster : IAsyncDisposable
{
    private const int Seed = 20240611;

    private LoopbackCluster(LocalMetadataStore store, IMetadataSession session, ClusterMetadata metadata)
    {
        Store = store;
        Session = session;
        Metadata = metadata;
        Catalog = new TopicCatalog(session, metadata, new Random(Seed));
    }

    public LocalMetadataStore Store { get; }

    public IMetadataSession Session { get; }

    public ClusterMetadata Metadata { get; }

    public TopicCatalog Catalog { get; }

    public ClusterImage Image => Metadata.Image;

    public static FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));

    public static async Task<LoopbackCluster> StartAsync(int brokers = 1)
    {
        LocalMetadataStore store = LocalMetadataStore.OpenInMemory(Time);
        IMetadataSession session = await store.OpenSessionAsync();
        await ClusterLayout.EnsureAsync(session);
        await ControllerElection.RunAsync(session, new BrokerId(0), Time);
        for (int broker = 0; broker < brokers; broker++)
            await BrokerRegistration.RegisterAsync(session, Broker(broker), Time);
        return new(store, session, await ClusterMetadata.OpenAsync(session, NullLogger.Instance));
    }

    public static BrokerImage Broker(int id) => new()
    {
        Id = new BrokerId(id),
        Endpoints = [new BrokerEndpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 9092 + id)],
    };

    public async Task<string> JsonAsync(string path)
    {
        ZnodeResult<Znode> node = await Session.GetAsync(path);
        Assert.Equal(ZnodeError.None, node.Error);
        return Encoding.UTF8.GetString(node.Value!.Data.Span);
    }

    /// <summary>Waits until the image, which follows by watch, fulfils the condition.</summary>
    public async Task<ClusterImage> WhenAsync(Func<ClusterImage, bool> condition)
    {
        var reached = new TaskCompletionSource<ClusterImage>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(ClusterImage image)
        {
            if (condition(image)) reached.TrySetResult(image);
        }

        void OnChanged(ClusterChange change) => Look(change.After);
        Metadata.Changed += OnChanged;
        Look(Image);
        try
        {
            return await reached.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }
        finally
        {
            Metadata.Changed -= OnChanged;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Metadata.DisposeAsync();
        await Session.DisposeAsync();
        await Store.DisposeAsync();
    }
}
