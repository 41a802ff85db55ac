using Microsoft.Extensions.Logging;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Describes groups of the classic protocol and their members.</summary>
internal sealed class DescribeGroupsHandler(GroupCoordinator groups, ILogger logger)
    : MessageHandler<DescribeGroupsRequest, DescribeGroupsResponse>(ApiKey.DescribeGroups, 0, 6, logger)
{
    // One bit for each operation: read 3, delete 6, describe 8. Everybody may do everything.
    private const int EveryOperation = (1 << 3) | (1 << 6) | (1 << 8);
    private const int NotAsked = int.MinValue;
    private const short FirstWithNotFound = 6;

    protected override ValueTask<DescribeGroupsResponse> AnswerAsync(DescribeGroupsRequest request, RequestContext context)
    {
        var response = new DescribeGroupsResponse();
        foreach (string id in request.Groups)
        {
            DescribeGroupsResponse.DescribedGroup described = Describe(id, context.Version);
            described.AuthorizedOperations = request.IncludeAuthorizedOperations && described.ErrorCode == ErrorCode.None ? EveryOperation : NotAsked;
            response.Groups.Add(described);
        }

        return new(response);
    }

    private DescribeGroupsResponse.DescribedGroup Describe(string id, short version)
    {
        ErrorCode error = groups.TryFind(id, out Group? group);
        if (error != ErrorCode.None) return new() { GroupId = id, ErrorCode = error };
        if (group is null) return Unknown(id, version);
        lock (group.Gate)
        {
            return group.Membership is ClassicGroup { IsDead: false } members ? Describe(members) : Unknown(id, version);
        }
    }

    /// <summary>A group that is not there is a dead one; only the newest version calls it an error.</summary>
    private static DescribeGroupsResponse.DescribedGroup Unknown(string id, short version)
    {
        var unknown = new DescribeGroupsResponse.DescribedGroup { GroupId = id, GroupState = nameof(ClassicState.Dead) };
        if (version < FirstWithNotFound) return unknown;
        unknown.ErrorCode = ErrorCode.GroupIdNotFound;
        unknown.ErrorMessage = $"There is no classic group \"{id}\".";
        return unknown;
    }

    private static DescribeGroupsResponse.DescribedGroup Describe(ClassicGroup group)
    {
        // Only a stable group has one protocol that all follow.
        string? protocol = group.State == ClassicState.Stable ? group.ProtocolName : null;
        return new()
        {
            GroupId = group.Id,
            GroupState = group.StateName,
            ProtocolType = group.ProtocolType,
            ProtocolData = protocol ?? "",
            LastRebalanceReason = group.History.Last?.Reason,
            LastRebalanceStartedMs = group.History.Last?.StartedAt.Value ?? -1,
            LastRebalanceTookMs = group.History.Last?.TookMs ?? -1,
            Members = [.. group.Members.All.Select(member => new DescribeGroupsResponse.DescribedGroupMember
            {
                MemberId = member.Id,
                GroupInstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                MemberMetadata = member.MetadataOf(protocol) ?? [],
                MemberAssignment = protocol is null ? [] : member.Assignment,
            })],
        };
    }
}
