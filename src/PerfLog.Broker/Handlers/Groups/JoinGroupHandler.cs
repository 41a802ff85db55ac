using System.Net;
using Microsoft.Extensions.Logging;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Lets a member join its group; answered when the group is complete.</summary>
internal sealed class JoinGroupHandler(ClassicCoordinator groups, MemberIds memberIds, ILogger logger)
    : MessageHandler<JoinGroupRequest, JoinGroupResponse>(ApiKey.JoinGroup, 0, 9, logger)
{
    private const short FirstWithRebalanceTimeout = 1;
    private const short FirstWithKnownIds = 4;
    private const short FirstWithNullProtocol = 7;
    private const short FirstWithSkippedAssignment = 9;

    protected override async ValueTask<JoinGroupResponse> AnswerAsync(JoinGroupRequest request, RequestContext context)
    {
        short version = context.Version;
        JoinAnswer answer = await groups.JoinAsync(request.GroupId, Call(request, context));
        return new JoinGroupResponse
        {
            ErrorCode = answer.Error,
            GenerationId = answer.Generation,
            ProtocolType = answer.ProtocolType,
            ProtocolName = answer.ProtocolName ?? (version >= FirstWithNullProtocol ? null : ""),
            Leader = answer.Leader,
            SkipAssignment = answer.SkipAssignment,
            MemberId = answer.MemberId,
            Members = [.. answer.Members.Select(static member => new JoinGroupResponse.JoinGroupResponseMember
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.InstanceId,
                Metadata = member.Metadata,
            })],
        };
    }

    private JoinCall Call(JoinGroupRequest request, RequestContext context) => new()
    {
        MemberId = request.MemberId,
        NewMemberId = request.MemberId.Length == 0 ? memberIds.Next(request.GroupInstanceId ?? context.ClientId) : "",
        InstanceId = request.GroupInstanceId,
        ClientId = context.ClientId,
        ClientHost = context.Connection.RemoteEndPoint is IPEndPoint peer ? $"/{peer.Address}" : "",
        SessionTimeoutMs = request.SessionTimeoutMs,
        RebalanceTimeoutMs = Math.Max(0, context.Version >= FirstWithRebalanceTimeout ? request.RebalanceTimeoutMs : request.SessionTimeoutMs),
        ProtocolType = request.ProtocolType,
        Protocols = [.. request.Protocols.Select(static protocol => new MemberProtocol(protocol.Name, protocol.Metadata))],
        NeedsKnownId = context.Version >= FirstWithKnownIds,
        MaySkipAssignment = context.Version >= FirstWithSkippedAssignment,
        Reason = request.Reason,
    };
}
