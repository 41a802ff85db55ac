using PerfLog.Client.Admin;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Cluster;

/// <summary>The broker that coordinates a group, or why none is named.</summary>
internal readonly record struct FoundCoordinator(ErrorCode Error, string? Reason, BrokerId Broker, BrokerAddress Address);

/// <summary>Asks any broker which ones coordinate groups: once for all of them where it understands that, else once for each.</summary>
internal static class CoordinatorLookup
{
    private const sbyte GroupKeyType = 0;
    private const short FirstWithSeveralKeys = 4;

    /// <summary>Whether an error of a coordinator, or of the search for it, means that asking again may help.</summary>
    public static bool MayPass(ErrorCode error) => error is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable
        or ErrorCode.CoordinatorLoadInProgress or ErrorCode.RequestTimedOut or ErrorCode.NetworkException or ErrorCode.UnstableOffsetCommit;

    /// <returns>The answers, in the order of the groups.</returns>
    /// <exception cref="IOException">No broker answered.</exception>
    public static async Task<IReadOnlyList<FoundCoordinator>> FindAsync(
        ClusterClient cluster, IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        IBrokerLink link = await cluster.AnyLinkAsync(cancellation).ConfigureAwait(false);
        short version = link.VersionOf<FindCoordinatorRequest>();
        try
        {
            return version >= FirstWithSeveralKeys
                ? await FindTogetherAsync(link, groups, version, cancellation).ConfigureAwait(false)
                : await Task.WhenAll(groups.Select(group => FindOneAsync(link, group, version, cancellation))).ConfigureAwait(false);
        }
        catch (IOException)
        {
            await cluster.DropAsync(link).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<IReadOnlyList<FoundCoordinator>> FindTogetherAsync(
        IBrokerLink link, IReadOnlyList<string> groups, short version, CancellationToken cancellation)
    {
        FindCoordinatorResponse response = await AskAsync(
            link, new FindCoordinatorRequest { KeyType = GroupKeyType, CoordinatorKeys = [.. groups] }, version, cancellation).ConfigureAwait(false);
        Dictionary<string, FoundCoordinator> found = [];
        foreach (FindCoordinatorResponse.Coordinator told in response.Coordinators)
            found[told.Key] = new(told.ErrorCode, told.ErrorMessage, new BrokerId(told.NodeId), new BrokerAddress(told.Host, told.Port));
        FoundCoordinator untold = new(ErrorCode.CoordinatorNotAvailable, "the broker did not say", BrokerId.None, default);
        return [.. groups.Select(group => found.GetValueOrDefault(group, untold))];
    }

    private static async Task<FoundCoordinator> FindOneAsync(IBrokerLink link, string group, short version, CancellationToken cancellation)
    {
        FindCoordinatorResponse response = await AskAsync(
            link, new FindCoordinatorRequest { KeyType = GroupKeyType, Key = group }, version, cancellation).ConfigureAwait(false);
        return new(response.ErrorCode, response.ErrorMessage, new BrokerId(response.NodeId), new BrokerAddress(response.Host, response.Port));
    }

    private static ValueTask<FindCoordinatorResponse> AskAsync(
        IBrokerLink link, FindCoordinatorRequest request, short version, CancellationToken cancellation) =>
        link.SendAsync<FindCoordinatorRequest, FindCoordinatorResponse>(request, version, cancellation);
}
