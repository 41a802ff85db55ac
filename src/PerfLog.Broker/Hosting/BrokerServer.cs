using System.Collections.Immutable;
using System.Net;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using PerfLog.Broker.Configuration;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Polling;
using PerfLog.Broker.Partitions;
using PerfLog.Metadata;
using PerfLog.Storage;

namespace PerfLog.Broker.Hosting;

/// <summary>
/// One broker: opens its parts in order, takes requests, and closes them in reverse. Start once, dispose once.
/// </summary>
public sealed partial class BrokerServer : IAsyncDisposable
{
    private static readonly ImmutableDictionary<string, string> NoConfig = ImmutableDictionary<string, string>.Empty;

    private readonly Stack<IAsyncDisposable> _opened = new();
    private readonly BrokerServerSettings _settings;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly PartitionTable _partitions = new();
    private int _isDisposed;

    private BrokerServer(BrokerServerSettings settings)
    {
        _settings = settings;
        _random = new LockedRandom(settings.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue));
        _logger = settings.LoggerFactory.CreateLogger("PerfLog.Broker");
    }

    /// <summary>The address of the first listener, with the port really listened on.</summary>
    public IPEndPoint EndPoint { get; private set; } = null!;

    public string ClusterId { get; private set; } = "";

    /// <summary>Starts a broker; when it returns, requests are taken.</summary>
    public static async Task<BrokerServer> StartAsync(BrokerServerSettings settings, CancellationToken cancellation = default)
    {
        var server = new BrokerServer(settings);
        try
        {
            await NoContext.Start(() => server.OpenAsync(cancellation));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _isDisposed, 1) == 0 ? new ValueTask(NoContext.Start(CloseAsync)) : ValueTask.CompletedTask;

    private async Task OpenAsync(CancellationToken cancellation)
    {
        long startedAt = _settings.Time.GetTimestamp();
        BrokerOptions options = _settings.Options;
        foreach (string warning in options.Warnings) LogWarning(warning);
        IMetadataStore store = Opened(OpenStore());
        IMetadataSession session = Opened(await store.OpenSessionAsync(cancellation));
        ClusterId = await ClusterIdentity.EnsureAsync(session, _random, cancellation);
        ClusterMetadata cluster = Opened(await ClusterMetadata.OpenAsync(session, _logger, cancellation));

        var configs = new TopicConfigs(WithDynamic(cluster.Image));
        LogDirectorySet directories = Opened(await OpenLogsAsync(cluster.Image, configs, cancellation));
        var host = new PartitionHost(options.BrokerId, _partitions, directories, image => configs.SettingsOf(image.Config), _logger);
        GroupCoordinator groups = Opened(new GroupCoordinator(GroupSettings.Read(options), _partitions, _settings.Time, _logger));
        cluster.Changed += change => Apply(change, configs, host, groups);
        host.ApplyAll(cluster.Image);
        groups.FollowLeadership(cluster.Image, options.BrokerId);
        Opened(new Housekeeping(directories, _settings.Time));
        if (options.Cleaner.IsEnabled)
            Opened(new LogCleaning(new LogCleaner(directories.All, _settings.Time, _random, _logger), () => configs.Options.Cleaner, _settings.Time, _logger));

        var services = new BrokerServices(options, configs, cluster, session, _partitions, directories, groups, _random, _settings.Time, _logger);
        PollLoops? loops = options.UsesPolling ? Opened(new PollLoops(options.NetworkThreads, _settings.Time)) : null;
        List<Listener> listeners = [.. options.Listeners.Select(endpoint => Opened(Listen(endpoint, services, loops)))];
        await RegisterAsync(session, cluster, listeners, cancellation);
        foreach (Listener listener in listeners) listener.Start();
        EndPoint = listeners[0].EndPoint;
        LogStarted(options.BrokerId, EndPoint, (long)_settings.Time.GetElapsedTime(startedAt).TotalMilliseconds);
    }

    private async Task CloseAsync()
    {
        while (_opened.TryPop(out IAsyncDisposable? part)) await part.DisposeAsync();
    }

    private void Apply(ClusterChange change, TopicConfigs configs, PartitionHost host, GroupCoordinator groups)
    {
        if (change.BrokerConfigsChanged) configs.Options = WithDynamic(change.After);
        host.Apply(change);
        groups.Follow(change, _settings.Options.BrokerId);
    }

    /// <summary>The options with what was set for brokers while they ran.</summary>
    private BrokerOptions WithDynamic(ClusterImage image) => _settings.Options.WithDynamic(
        image.DefaultBrokerConfig, image.BrokerConfigs.GetValueOrDefault(_settings.Options.BrokerId, NoConfig));

    private T Opened<T>(T part) where T : IAsyncDisposable
    {
        _opened.Push(part);
        return part;
    }

    private LocalMetadataStore OpenStore() => _settings.MetadataDirectory is { } directory
        ? LocalMetadataStore.Open(directory, _settings.Time)
        : LocalMetadataStore.OpenInMemory(_settings.Time);

    private Listener Listen(ListenerEndpoint endpoint, BrokerServices services, PollLoops? loops) =>
        BrokerListeners.Open(endpoint, _settings.Options, services, loops, _settings.Time, _logger);

    /// <summary>From here on other parts of the cluster see this broker; one alone is also the controller.</summary>
    private async Task RegisterAsync(
        IMetadataSession session, ClusterMetadata cluster, List<Listener> listeners, CancellationToken cancellation)
    {
        BrokerOptions options = _settings.Options;
        var endpoints = options.AdvertisedListeners.Select(advertised =>
        {
            int index = options.Listeners.ToList().FindIndex(listened => listened.Name == advertised.Name);
            return BrokerListeners.Advertise(advertised, options.Listeners[index], listeners[index].EndPoint);
        });
        var broker = new BrokerImage { Id = options.BrokerId, Endpoints = [.. endpoints], Rack = options.Rack };
        CatalogResult<BrokerImage> registered = await BrokerRegistration.RegisterAsync(session, broker, _settings.Time, cancellation);
        if (!registered.Succeeded) throw new InvalidOperationException(registered.Message);
        await ControllerElection.RunAsync(session, options.BrokerId, _settings.Time, cancellation);
        await cluster.RefreshAsync(
            [ClusterLayout.Broker(options.BrokerId), ClusterLayout.Controller, ClusterLayout.ControllerEpoch], cancellation);
    }

    private async Task<LogDirectorySet> OpenLogsAsync(ClusterImage image, TopicConfigs configs, CancellationToken cancellation)
    {
        var opened = new List<LogDirectory>();
        var failed = new Dictionary<string, Exception>(StringComparer.Ordinal);
        string[] paths = [.. _settings.Options.LogDirectories];
        Task<LogDirectory>[] opening = [.. paths.Select(path => OpenLogAsync(path, image, configs, cancellation).AsTask())];
        await ((Task)Task.WhenAll(opening)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach ((string path, Task<LogDirectory> directory) in paths.Zip(opening))
        {
            if (directory.IsCompletedSuccessfully) opened.Add(directory.Result);
            else failed[path] = directory.Exception?.InnerException ?? new OperationCanceledException(cancellation);
        }

        // A disk that is gone takes its own partitions offline; a mistake of whoever started the broker is told at once.
        bool goesOn = opened.Count > 0 && failed.Values.All(static failure => failure is (IOException or UnauthorizedAccessException)
            and not (DirectoryLockedException or DirectoryMismatchException));
        if (failed.Count > 0 && !goesOn)
        {
            await new LogDirectorySet(opened, failed).DisposeAsync();
            ExceptionDispatchInfo.Throw(failed.Values.First());
        }

        foreach ((string path, Exception failure) in failed) LogDirectoryFailed(failure, path);
        return new LogDirectorySet(opened, failed);
    }

    private ValueTask<LogDirectory> OpenLogAsync(string path, ClusterImage image, TopicConfigs configs, CancellationToken cancellation)
    {
        BrokerOptions options = _settings.Options;
        var settings = new LogDirectorySettings
        {
            Path = path,
            ClusterId = ClusterId,
            BrokerId = options.BrokerId,
            Random = _random,
            OtherFolders = new HashSet<string> { BrokerServerSettings.MetadataFolder },
            OpeningThreads = options.RecoveryThreadsPerDirectory,
            DiskReserveBytes = options.DiskReserveBytes,
            WritePath = options.WritePath,
            RetentionCheckMs = options.RetentionCheckIntervalMs,
            RecoveryPointCheckpointMs = options.RecoveryPointCheckpointMs,
            LogStartCheckpointMs = options.LogStartCheckpointMs,
            HighWatermarkCheckpointMs = options.HighWatermarkCheckpointMs,
        };
        return LogDirectory.OpenAsync(
            settings,
            _settings.Device,
            partition => configs.SettingsOf(image.Topics.Find(partition.Topic)?.Config ?? NoConfig).Log,
            _settings.Time,
            _logger,
            cancellation);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Log directory {Directory} cannot be opened; its partitions are offline")]
    private partial void LogDirectoryFailed(Exception failure, string directory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private partial void LogWarning(string warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "Broker {Broker} takes requests on {Address}, {Milliseconds} ms after its start")]
    private partial void LogStarted(BrokerId broker, IPEndPoint address, long milliseconds);
}
