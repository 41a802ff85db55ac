using Microsoft.Extensions.Logging;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Takes members out of their group: one that leaves by itself, or several that an administrator removes.</summary>
internal sealed class LeaveGroupHandler(ClassicCoordinator groups, ILogger logger)
    : MessageHandler<LeaveGroupRequest, LeaveGroupResponse>(ApiKey.LeaveGroup, 0, 5, logger)
{
    private const short FirstWithManyMembers = 3;

    protected override ValueTask<LeaveGroupResponse> AnswerAsync(LeaveGroupRequest request, RequestContext context)
    {
        ErrorCode error = groups.TryFind(request.GroupId, out Group? group);
        if (context.Version < FirstWithManyMembers)
            return new(new LeaveGroupResponse { ErrorCode = group is null ? error : groups.Leave(group, request.MemberId, null, null) });

        // An unknown group is a matter of each member; that it is not here is one of the whole request.
        var response = new LeaveGroupResponse();
        if (group is null && error != ErrorCode.UnknownMemberId)
        {
            response.ErrorCode = error;
            return new(response);
        }

        foreach (LeaveGroupRequest.MemberIdentity member in request.Members)
        {
            response.Members.Add(new()
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.GroupInstanceId,
                ErrorCode = group is null ? error : groups.Leave(group, member.MemberId, member.GroupInstanceId, member.Reason),
            });
        }

        return new(response);
    }
}
