using System.Collections.Concurrent;
using PerfLog.Client.Admin;
using PerfLog.Client.Cluster;
using PerfLog.Protocol.Connections;

namespace PerfLog.Client.Tests.Clients;

/// <summary>Leads every connection of a client to one port, whatever the cluster says, and closes them when told to.</summary>
internal sealed class ProxyOpener(int port) : IBrokerLinkOpener
{
    private readonly SocketLinkOpener _opener = new(new BrokerConnectionOptions { RequestTimeout = TimeSpan.FromSeconds(10) });
    private readonly ConcurrentBag<IBrokerLink> _open = [];

    public async Task<IBrokerLink> OpenAsync(BrokerAddress address, LinkLane lane, CancellationToken cancellation)
    {
        IBrokerLink link = await _opener.OpenAsync(new BrokerAddress("127.0.0.1", port), lane, cancellation);
        _open.Add(link);
        return link;
    }

    public async Task CloseAllAsync()
    {
        while (_open.TryTake(out IBrokerLink? link)) await link.DisposeAsync();
    }
}
