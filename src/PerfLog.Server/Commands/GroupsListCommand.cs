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
        Option<bool> json = TopicsCommand.JsonOption();
        var command = new Command("list", "Show all groups.") { states, json };
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, async client =>
        {
            string[] wanted = invocation.GetValue(states) ?? [];
            IReadOnlyList<GroupListing> all = await client.ListGroupsAsync(cancellation);
            GroupListing[] groups = [.. all.Where(group => wanted.Length == 0 || wanted.Contains(group.State, StringComparer.OrdinalIgnoreCase))];
            TextWriter output = invocation.InvocationConfiguration.Output;
            if (invocation.GetValue(json)) GroupJson.WriteListings(output, groups);
            else GroupTables.WriteListings(output, groups);
        }));
        return command;
    }
}
