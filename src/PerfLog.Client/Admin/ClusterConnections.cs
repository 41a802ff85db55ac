using PerfLog.Protocol;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Admin;

/// <summary>
/// The connections of one client: one to whichever bootstrap server answered, one to each broker that had to be asked
/// itself. Owned by the client; any thread may use it.
/// </summary>
internal sealed class ClusterConnections(IReadOnlyList<BrokerAddress> bootstrap, AdminClientOptions options) : IAsyncDisposable
{
    private const int ControllerAttemptsMax = 10;

    private readonly BrokerConnectionOptions _connection = options.Security.Protect(new BrokerConnectionOptions
    {
        ClientId = options.ClientId, RequestTimeout = options.RequestTimeout, Time = options.Time,
    });

    private readonly SemaphoreSlim _opening = new(1);
    private readonly Dictionary<BrokerAddress, BrokerConnection> _open = [];

    public async Task<TResponse> AskAnyAsync<TRequest, TResponse>(
        Func<short, TRequest> request, CancellationToken cancellation)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        BrokerConnection connection = await OpenAnyAsync(cancellation).ConfigureAwait(false);
        return await SendAsync<TRequest, TResponse>(connection, request, cancellation).ConfigureAwait(false);
    }

    public async Task<TResponse> AskBrokerAsync<TRequest, TResponse>(
        BrokerAddress broker, Func<short, TRequest> request, CancellationToken cancellation)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        BrokerConnection connection = await OpenAsync(broker, cancellation).ConfigureAwait(false);
        return await SendAsync<TRequest, TResponse>(connection, request, cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks the controller, and whoever is it after it, while the answer is that it is not.</summary>
    public async Task<TResponse> AskControllerAsync<TRequest, TResponse>(
        Func<short, TRequest> request, Func<TResponse, ErrorCode> errorOf, CancellationToken cancellation)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        for (int attempt = 1; ; attempt++)
        {
            ClusterDescription cluster = await DescribeAsync(cancellation).ConfigureAwait(false);
            BrokerDescription? controller = cluster.Brokers.FirstOrDefault(broker => broker.Id == cluster.Controller);
            if (controller is not null)
            {
                TResponse response = await AskBrokerAsync<TRequest, TResponse>(controller.Address, request, cancellation)
                    .ConfigureAwait(false);
                if (errorOf(response) != ErrorCode.NotController || attempt == ControllerAttemptsMax) return response;
            }
            else if (attempt == ControllerAttemptsMax)
            {
                throw AdminException.Refused(ErrorCode.NotController, $"cluster {cluster.ClusterId}");
            }

            await Task.Delay(options.RetryBackoff, options.Time, cancellation).ConfigureAwait(false);
        }
    }

    public async Task<ClusterDescription> DescribeAsync(CancellationToken cancellation)
    {
        MetadataResponse metadata = await AskAnyAsync<MetadataRequest, MetadataResponse>(
            static _ => new MetadataRequest { Topics = [] }, cancellation).ConfigureAwait(false);
        return new ClusterDescription(
            metadata.ClusterId ?? "",
            new BrokerId(metadata.ControllerId),
            [.. metadata.Brokers.Select(static broker =>
                new BrokerDescription(new BrokerId(broker.NodeId), new BrokerAddress(broker.Host, broker.Port), broker.Rack))]);
    }

    public async Task<BrokerAddress> AddressOfAsync(BrokerId broker, CancellationToken cancellation)
    {
        ClusterDescription cluster = await DescribeAsync(cancellation).ConfigureAwait(false);
        return cluster.Brokers.FirstOrDefault(known => known.Id == broker)?.Address
            ?? throw AdminException.Refused(ErrorCode.BrokerNotAvailable, $"broker {broker}", "the cluster has no such broker");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (BrokerConnection connection in _open.Values) await connection.DisposeAsync().ConfigureAwait(false);
        _open.Clear();
        _opening.Dispose();
    }

    private async Task<TResponse> SendAsync<TRequest, TResponse>(
        BrokerConnection connection, Func<short, TRequest> request, CancellationToken cancellation)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        short version = connection.VersionOf<TRequest>();
        try
        {
            return await connection.SendAsync<TRequest, TResponse>(request(version), version, cancellation).ConfigureAwait(false);
        }
        catch (BrokerConnectionException)
        {
            // It will never work again; the next request opens a new one.
            await ForgetAsync(connection).ConfigureAwait(false);
            throw;
        }
    }

    private async Task ForgetAsync(BrokerConnection connection)
    {
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            foreach (BrokerAddress address in _open.Where(entry => entry.Value == connection).Select(static entry => entry.Key).ToArray())
                _open.Remove(address);
        }
        finally
        {
            _opening.Release();
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The first bootstrap server that can be reached. When none can, the failures of all are told.</summary>
    private async Task<BrokerConnection> OpenAnyAsync(CancellationToken cancellation)
    {
        List<IOException> failures = [];
        foreach (BrokerAddress address in bootstrap)
        {
            try
            {
                return await OpenAsync(address, cancellation).ConfigureAwait(false);
            }
            catch (IOException failure)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count == 1) throw failures[0];
        throw new IOException($"No bootstrap server can be reached: {string.Join("; ", failures.Select(static failure => failure.Message))}", failures[^1]);
    }

    private async Task<BrokerConnection> OpenAsync(BrokerAddress address, CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_open.TryGetValue(address, out BrokerConnection? connection)) return connection;
            connection = await BrokerConnection.ConnectAsync(address.Host, address.Port, _connection, cancellation)
                .ConfigureAwait(false);
            return _open[address] = connection;
        }
        finally
        {
            _opening.Release();
        }
    }
}
