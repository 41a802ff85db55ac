using Microsoft.Extensions.Logging;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Names the groups that this broker coordinates.</summary>
internal sealed class ListGroupsHandler(GroupCoordinator groups, ILogger logger)
    : MessageHandler<ListGroupsRequest, ListGroupsResponse>(ApiKey.ListGroups, 0, 5, logger)
{
    protected override ValueTask<ListGroupsResponse> AnswerAsync(ListGroupsRequest request, RequestContext context)
    {
        // Those that are there are better than none.
        var response = new ListGroupsResponse { ErrorCode = groups.IsLoading ? ErrorCode.CoordinatorLoadInProgress : ErrorCode.None };
        foreach (Group group in groups.Groups)
        {
            ListGroupsResponse.ListedGroup listed = Describe(group);
            if (IsWanted(request.StatesFilter, listed.GroupState) && IsWanted(request.TypesFilter, listed.GroupType)) response.Groups.Add(listed);
        }

        return new(response);
    }

    private static bool IsWanted(List<string> filter, string value) =>
        filter.Count == 0 || filter.Contains(value, StringComparer.OrdinalIgnoreCase);

    private static ListGroupsResponse.ListedGroup Describe(Group group)
    {
        lock (group.Gate)
        {
            return new()
            {
                GroupId = group.Id,
                ProtocolType = group.Membership.ProtocolType,
                GroupState = group.Membership.StateName,
                GroupType = group.Membership.Type,
            };
        }
    }
}
