using Microsoft.Extensions.Logging;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Metadata;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Says which broker coordinates groups; nobody coordinates transactions yet.</summary>
internal sealed class FindCoordinatorHandler(ClusterMetadata cluster, OffsetsTopic offsets, string listener, ILogger logger)
    : MessageHandler<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 0, 5, logger)
{
    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;
    private const short FirstBatchedVersion = 4;

    protected override async ValueTask<FindCoordinatorResponse> AnswerAsync(FindCoordinatorRequest request, RequestContext context)
    {
        var response = new FindCoordinatorResponse();
        if (context.Version >= FirstBatchedVersion)
        {
            foreach (string key in request.CoordinatorKeys) response.Coordinators.Add(await FindAsync(request.KeyType, key));
            return response;
        }

        FindCoordinatorResponse.Coordinator found = await FindAsync(request.KeyType, request.Key);
        response.ErrorCode = found.ErrorCode;
        response.ErrorMessage = found.ErrorMessage;
        response.NodeId = found.NodeId;
        response.Host = found.Host;
        response.Port = found.Port;
        return response;
    }

    private async ValueTask<FindCoordinatorResponse.Coordinator> FindAsync(sbyte type, string key)
    {
        if (type == TransactionKey) return Failed(key, ErrorCode.CoordinatorNotAvailable, "This broker coordinates no transactions.");
        if (type != GroupKey) return Failed(key, ErrorCode.InvalidRequest, $"{type} is no type of coordinator that is known here.");
        if (!RecordText.Fits(key)) return Failed(key, ErrorCode.InvalidGroupId, $"A group's id has at most {RecordText.BytesMax} bytes.");
        BrokerId coordinator = await offsets.CoordinatorOfAsync(key);
        if (cluster.Image.Brokers.GetValueOrDefault(coordinator)?.Find(listener) is not { } endpoint)
            return Failed(key, ErrorCode.CoordinatorNotAvailable, "No broker leads the group's partition of the offsets' topic now.");
        return new() { Key = key, NodeId = coordinator.Value, Host = endpoint.Host, Port = endpoint.Port };
    }

    private static FindCoordinatorResponse.Coordinator Failed(string key, ErrorCode error, string message) =>
        new() { Key = key, ErrorCode = error, ErrorMessage = message, NodeId = BrokerId.None.Value, Port = -1 };
}
