using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Admin;

/// <summary>
/// Finds the broker that coordinates a group and asks it. While the coordinator moves or loads, it is asked again, for as
/// long as a request may take.
/// </summary>
internal sealed class GroupCoordinators(ClusterConnections cluster, AdminClientOptions options)
{
    private const sbyte GroupKeyType = 0;
    private const short FirstWithSeveralKeys = 4;

    /// <param name="group">The group.</param>
    /// <param name="request">Makes the request for a version.</param>
    /// <param name="errorOf">The error of the answer as far as the coordinator is concerned.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The answer, and the broker that gave it.</returns>
    public async Task<(TResponse Response, BrokerId Coordinator)> AskAsync<TRequest, TResponse>(
        string group, Func<short, TRequest> request, Func<TResponse, ErrorCode> errorOf, CancellationToken cancellation)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        long startedAt = options.Time.GetTimestamp();
        while (true)
        {
            (ErrorCode error, BrokerAddress? address, BrokerId broker) = await FindAsync(group, cancellation).ConfigureAwait(false);
            if (address is { } coordinator)
            {
                TResponse response = await cluster.AskBrokerAsync<TRequest, TResponse>(coordinator, request, cancellation).ConfigureAwait(false);
                error = errorOf(response);
                if (!IsPassing(error)) return (response, broker);
            }

            if (!IsPassing(error) || options.Time.GetElapsedTime(startedAt) >= options.RequestTimeout)
                throw AdminException.Refused(error, $"group {group}", Meaning(error));
            await Task.Delay(options.RetryBackoff, options.Time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<(ErrorCode Error, BrokerAddress? Address, BrokerId Broker)> FindAsync(string group, CancellationToken cancellation)
    {
        FindCoordinatorResponse response = await cluster.AskAnyAsync<FindCoordinatorRequest, FindCoordinatorResponse>(
            version => version >= FirstWithSeveralKeys
                ? new FindCoordinatorRequest { KeyType = GroupKeyType, CoordinatorKeys = [group] }
                : new FindCoordinatorRequest { KeyType = GroupKeyType, Key = group },
            cancellation).ConfigureAwait(false);
        if (response.Coordinators is [var found, ..])
            return Answer(found.ErrorCode, found.Host, found.Port, found.NodeId);
        return Answer(response.ErrorCode, response.Host, response.Port, response.NodeId);
    }

    private static (ErrorCode Error, BrokerAddress? Address, BrokerId Broker) Answer(ErrorCode error, string host, int port, int id) =>
        error == ErrorCode.None ? (error, new BrokerAddress(host, port), new BrokerId(id)) : (error, null, BrokerId.None);

    private static bool IsPassing(ErrorCode error) =>
        error is ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress;

    private static string? Meaning(ErrorCode error) => IsPassing(error) ? "no broker coordinates it at the moment" : null;
}
