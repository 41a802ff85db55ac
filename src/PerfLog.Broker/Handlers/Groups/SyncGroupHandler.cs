using Microsoft.Extensions.Logging;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Hands a member its assignment; answered when the group's leader has given it.</summary>
internal sealed class SyncGroupHandler(ClassicCoordinator groups, ILogger logger)
    : MessageHandler<SyncGroupRequest, SyncGroupResponse>(ApiKey.SyncGroup, 0, 5, logger)
{
    protected override async ValueTask<SyncGroupResponse> AnswerAsync(SyncGroupRequest request, RequestContext context)
    {
        SyncAnswer answer = await groups.SyncAsync(request.GroupId, Call(request));
        return new SyncGroupResponse
        {
            ErrorCode = answer.Error,
            ProtocolType = answer.ProtocolType,
            ProtocolName = answer.ProtocolName,
            Assignment = answer.Assignment,
        };
    }

    private static SyncCall Call(SyncGroupRequest request)
    {
        // A leader that names a member twice means the last.
        var assignments = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (SyncGroupRequest.SyncGroupRequestAssignment one in request.Assignments) assignments[one.MemberId] = one.Assignment;
        return new SyncCall
        {
            MemberId = request.MemberId,
            InstanceId = request.GroupInstanceId,
            Generation = request.GenerationId,
            ProtocolType = request.ProtocolType,
            ProtocolName = request.ProtocolName,
            Assignments = assignments,
        };
    }
}
