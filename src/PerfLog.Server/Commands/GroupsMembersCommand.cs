using System.CommandLine;
using PerfLog.Client.Admin;
using PerfLog.Server.Output;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog groups members GROUP</c></summary>
internal static class GroupsMembersCommand
{
    public static Command Create()
    {
        Argument<string> name = GroupsCommand.GroupArgument();
        Option<bool> json = TopicsCommand.JsonOption();
        var command = new Command("members", "Show a group's members, and which partitions each has.") { name, json };
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, async client =>
        {
            GroupDescription group = await client.DescribeGroupAsync(invocation.GetRequiredValue(name), cancellation);
            TextWriter output = invocation.InvocationConfiguration.Output;
            if (invocation.GetValue(json)) GroupJson.WriteMembers(output, group);
            else GroupTables.WriteMembers(output, group);
        }));
        return command;
    }
}
