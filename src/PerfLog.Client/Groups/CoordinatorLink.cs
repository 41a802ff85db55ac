using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;
using PerfLog.Protocol;
using PerfLog.Protocol.Connections;

namespace PerfLog.Client.Groups;

/// <summary>
/// The way to a group's coordinator, whoever that is at the moment. Any thread may use it. An answer that means "not I"
/// makes the next question look for it again.
/// </summary>
internal sealed class CoordinatorLink(ConsumerOptions options, ClusterClient cluster)
{
    private int _broker = BrokerId.None.Value;

    private string Group => options.GroupId!;

    /// <summary>Asks the coordinator once.</summary>
    /// <returns>Its answer; null when it could not be asked, and asking again may help.</returns>
    /// <exception cref="ConsumeException">There is no coordinator for this client, and asking again does not help.</exception>
    public async Task<TResponse?> AskAsync<TRequest, TResponse>(
        LinkLane lane, short highest, Func<short, TRequest> request, CancellationToken cancellation)
        where TRequest : IRequestMessage
        where TResponse : class, IResponseMessage, IReadable<TResponse>
    {
        IBrokerLink? link = null;
        try
        {
            link = await FindAsync(lane, cancellation).ConfigureAwait(false);
            if (link is null) return null;
            short version = link.VersionOf<TRequest>(highest);
            return await link.SendAsync<TRequest, TResponse>(request(version), version, cancellation).ConfigureAwait(false);
        }
        catch (IOException)
        {
            Forget();
            if (link is not null) await cluster.DropAsync(link).ConfigureAwait(false);
            return null;
        }
        catch (BrokerAuthenticationException refused)
        {
            throw new ConsumeException($"group {Group}", refused);
        }
    }

    /// <summary>Whether an error means that asking again, after a pause, may help; forgets a coordinator that is none.</summary>
    public bool MayPass(ErrorCode error)
    {
        if (error is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable or ErrorCode.RequestTimedOut) Forget();
        return CoordinatorLookup.MayPass(error);
    }

    public void Forget() => Volatile.Write(ref _broker, BrokerId.None.Value);

    public Task PauseAsync(CancellationToken cancellation) => Task.Delay(options.RetryBackoff, options.Time, cancellation);

    private async Task<IBrokerLink?> FindAsync(LinkLane lane, CancellationToken cancellation)
    {
        int broker = Volatile.Read(ref _broker);
        if (broker == BrokerId.None.Value && (broker = await AskForBrokerAsync(cancellation).ConfigureAwait(false)) == BrokerId.None.Value)
            return null;
        if (!cluster.Current.Brokers.ContainsKey(broker)) await cluster.RefreshAsync(cancellation).ConfigureAwait(false);
        IBrokerLink link = await cluster.LinkAsync(new BrokerId(broker), lane, cancellation).ConfigureAwait(false);
        Volatile.Write(ref _broker, broker);
        return link;
    }

    private async Task<int> AskForBrokerAsync(CancellationToken cancellation)
    {
        FoundCoordinator found = (await CoordinatorLookup.FindAsync(cluster, [Group], cancellation).ConfigureAwait(false))[0];
        if (found.Error == ErrorCode.None) return found.Broker.Value;
        if (MayPass(found.Error)) return BrokerId.None.Value;
        throw new ConsumeException(found.Error, $"group {Group}", found.Reason ?? "the cluster names no coordinator");
    }
}
