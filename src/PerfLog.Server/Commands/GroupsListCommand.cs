using System.CommandLine;
using PerfLog.Client.Admin;
using PerfLog.Server.Output;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog groups list</c></summary>
internal static class GroupsListCommand
{
    public static Command Create()
    {
        var states = new Option<string[]>("--state") { Description = "Only groups in this state, such as Stable or Empty. Repeatable." };
        var types = new Option<string[]>("--type") { Description = "Only groups of this type, classic or consumer. Repeatable." };
        Option<bool> json = TopicsCommand.JsonOption();
        var command = new Command("list", "Show all groups.") { states, types, json };
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, async client =>
        {
            IReadOnlyList<GroupListing> groups = await client.ListGroupsAsync(
                new ListGroupsOptions { States = invocation.GetValue(states) ?? [], Types = invocation.GetValue(types) ?? [] }, cancellation);
            TextWriter output = invocation.InvocationConfiguration.Output;
            if (invocation.GetValue(json)) GroupJson.WriteListings(output, groups);
            else GroupTables.WriteListings(output, groups);
        }));
        return command;
    }
}
