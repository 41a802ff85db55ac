using PerfLog.Client.Admin;
using PerfLog.Protocol.Connections;

namespace PerfLog.Client.Cluster;

/// <summary>
/// The open connections of one client. Owned by its <see cref="ClusterClient"/>; any thread may use it. Callers who want the
/// same connection while it is being opened share the attempt.
/// </summary>
internal sealed class BrokerLinks(IBrokerLinkOpener opener) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(BrokerAddress Address, LinkLane Lane), Task<IBrokerLink>> _links = [];
    private readonly CancellationTokenSource _closing = new();

    /// <exception cref="IOException">The broker cannot be reached.</exception>
    /// <exception cref="BrokerAuthenticationException">The broker and this client do not accept each other.</exception>
    public Task<IBrokerLink> GetAsync(BrokerAddress address, LinkLane lane, CancellationToken cancellation)
    {
        Task<IBrokerLink>? link;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(BrokerLinks));
            if (!_links.TryGetValue((address, lane), out link) || link.IsFaulted || link.IsCanceled)
                _links[(address, lane)] = link = opener.OpenAsync(address, lane, _closing.Token);
        }

        return link.IsCompletedSuccessfully ? link : link.WaitAsync(cancellation);
    }

    /// <summary>Forgets a connection that failed, so that the next caller gets a new one.</summary>
    public async ValueTask DropAsync(IBrokerLink link)
    {
        lock (_lock)
        {
            foreach (var (key, known) in _links)
            {
                if (!known.IsCompletedSuccessfully || known.Result != link) continue;
                _links.Remove(key);
                break;
            }
        }

        await link.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Task<IBrokerLink>[] open;
        lock (_lock)
        {
            _closing.Cancel();
            open = [.. _links.Values];
            _links.Clear();
        }

        foreach (Task<IBrokerLink> link in open) await CloseAsync(link).ConfigureAwait(false);
    }

    private static async ValueTask CloseAsync(Task<IBrokerLink> opening)
    {
        try
        {
            IBrokerLink link = await opening.ConfigureAwait(false);
            await link.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or BrokerAuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // It never opened.
        }
    }
}
