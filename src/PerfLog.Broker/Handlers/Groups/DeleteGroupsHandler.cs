using Microsoft.Extensions.Logging;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>Deletes groups that have no members, with their offsets.</summary>
internal sealed class DeleteGroupsHandler(GroupAdmin groups, ILogger logger)
    : MessageHandler<DeleteGroupsRequest, DeleteGroupsResponse>(ApiKey.DeleteGroups, 0, 2, logger)
{
    protected override async ValueTask<DeleteGroupsResponse> AnswerAsync(DeleteGroupsRequest request, RequestContext context)
    {
        var response = new DeleteGroupsResponse();
        foreach (string group in request.GroupsNames.Distinct(StringComparer.Ordinal))
            response.Results.Add(new() { GroupId = group, ErrorCode = await groups.DeleteAsync(group) });
        return response;
    }
}
