using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>
/// Says that no coordinator is here. The request is served because librdkafka takes its presence for the sign that a broker
/// understands lz4, and without it silently stops compressing.
/// </summary>
internal sealed class FindCoordinatorHandler(ILogger logger)
    : MessageHandler<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 0, 5, logger)
{
    private const short FirstBatchedVersion = 4;

    // Not a harsher code: librdkafka asks for the coordinator of any consumer that has a group id, though it only assigns
    // partitions, and gives such a consumer up on an error that no retry could mend.
    private const string Reason = "This broker coordinates no consumer groups and no transactions. Use assign() in place of subscribe().";

    protected override ValueTask<FindCoordinatorResponse> AnswerAsync(FindCoordinatorRequest request, RequestContext context)
    {
        var response = new FindCoordinatorResponse();
        if (context.Version < FirstBatchedVersion)
        {
            response.ErrorCode = ErrorCode.CoordinatorNotAvailable;
            response.ErrorMessage = context.Version >= 1 ? Reason : "";
            response.NodeId = BrokerId.None.Value;
            response.Port = -1;
            return new(response);
        }

        foreach (string key in request.CoordinatorKeys)
        {
            response.Coordinators.Add(new()
            {
                Key = key,
                ErrorCode = ErrorCode.CoordinatorNotAvailable,
                ErrorMessage = Reason,
                NodeId = BrokerId.None.Value,
                Port = -1,
            });
        }

        return new(response);
    }
}
